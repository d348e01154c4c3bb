# needs: fakeroot=fakeroot faketime=faketime
fakeroot sh -c 'id -u; touch a; chown 12:34 a; stat -c %u:%g a; tar cf - a | tar tvf - | cut -d" " -f2'
echo "$?"
faketime '2001-02-03 04:05:06' sh -c 'date +%Y-%m-%dT%H:%M; touch b; stat -c %y b | cut -c1-16'
faketime -f '@2001-02-03 04:05:06' /usr/bin/python3 -c 'import datetime, time; time.sleep(.01); print(datetime.date.today())'
