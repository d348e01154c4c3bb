# needs: gs=ghostscript pdftotext=poppler-utils
# slow
printf '%%!\n/Helvetica findfont 40 scalefont setfont 50 50 moveto (Hi there) show showpage\n' >a.ps
gs -q -dNOPAUSE -dBATCH -sDEVICE=ppmraw -r72 -sOutputFile=- a.ps | sha256sum
gs -q -dNumRenderingThreads=2 -dBandHeight=50 -dNOPAUSE -dBATCH -sDEVICE=ppmraw -r150 -sOutputFile=p.ppm a.ps && sha256sum p.ppm
gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -sOutputFile=o.pdf a.ps
pdftotext o.pdf -
echo nonsense | gs -q -dBATCH -dNOPAUSE -sDEVICE=nullpage -
echo "$?"
