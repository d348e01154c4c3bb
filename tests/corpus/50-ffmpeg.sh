# needs: ffmpeg=ffmpeg
# slow
ffmpeg -v error -f lavfi -i testsrc=size=160x120:rate=10:duration=1 -f lavfi -i sine=frequency=440:duration=1 -threads 2 -bitexact -c:v mpeg4 -c:a aac -y o.mkv
ffmpeg -v error -threads 2 -bitexact -i o.mkv -f framemd5 - | md5sum
ffmpeg -v error -bitexact -i o.mkv -vf scale=80:60,transpose -threads 2 -filter_threads 2 -f rawvideo - | md5sum
ffmpeg -v error -i none.mkv -f null -
echo "$?"
