# needs: /usr/bin/convert-im6.q16=imagemagick
# slow
convert=/usr/bin/convert-im6.q16
$convert -size 200x150 plasma:red-blue -seed 3 -depth 8 a.ppm 2>&1 | head -2
$convert -size 200x150 gradient:red-blue -depth 8 a.ppm
$convert a.ppm -blur 0x3 -resize 50% -rotate 30 -colorspace Gray -strip -define png:exclude-chunks=date,time b.png
$convert b.png -depth 8 gray:- | sha256sum
$convert none.png x.png
echo "$?"
