# needs: git=git
export GIT_AUTHOR_DATE='100000000 +0000' GIT_COMMITTER_DATE='100000000 +0000' GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
git init -q -b m r
cd r || exit
for i in $(seq 20); do seq "$i" >"f$i"; done
git add -A
git commit -qm first
git rev-parse HEAD
git clone -q . ../r2
git -C ../r2 log --oneline
git gc -q
git fsck
git grep -c 1 | md5sum
git -c core.pager=cat log -p | md5sum
git checkout -q -b b
echo more >>f1
git commit -qam second
git rebase -q m
git checkout nothing
echo "$?"
