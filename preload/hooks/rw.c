/* rw.c - bytes from and to descriptors. */
#include "hooks/io.h"

HP_INLINE void io_end_at(struct hp_call *c, int fd, ssize_t r, int64_t at)
{
	hp_io_end_payload(c, fd, r, &at, r < 0 ? 0 : sizeof at);
}

HP_EXPORT ssize_t read(int fd, void *buf, size_t n)
{
	if (hp_too_early())
		return hp_early(hp_sys3(SYS_read, fd, buf, n));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_READ, fd, HP_CALLER());
	ssize_t r = hp_real.read(fd, buf, n);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t __read_chk(int fd, void *buf, size_t n, size_t room)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_READ, fd, HP_CALLER());
	ssize_t r = hp_real.__read_chk(fd, buf, n, room);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_pread64, fd, buf, n, at));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PREAD, fd, HP_CALLER());
	ssize_t r = hp_real.pread(fd, buf, n, at);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t pread64(int fd, void *buf, size_t n, off64_t at)
{
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_pread64, fd, buf, n, at));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PREAD, fd, HP_CALLER());
	ssize_t r = hp_real.pread64(fd, buf, n, at);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t __pread_chk(int fd, void *buf, size_t n, off_t at, size_t room)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PREAD, fd, HP_CALLER());
	ssize_t r = hp_real.__pread_chk(fd, buf, n, at, room);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t __pread64_chk(int fd, void *buf, size_t n, off64_t at, size_t room)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PREAD, fd, HP_CALLER());
	ssize_t r = hp_real.__pread64_chk(fd, buf, n, at, room);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t readv(int fd, const struct iovec *v, int n)
{
	if (hp_too_early())
		return hp_early(hp_sys3(SYS_readv, fd, v, n));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_READV, fd, HP_CALLER());
	ssize_t r = hp_real.readv(fd, v, n);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t preadv(int fd, const struct iovec *v, int n, off_t at)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PREADV, fd, HP_CALLER());
	ssize_t r = hp_real.preadv(fd, v, n, at);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t preadv64(int fd, const struct iovec *v, int n, off64_t at)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PREADV, fd, HP_CALLER());
	ssize_t r = hp_real.preadv64(fd, v, n, at);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t preadv2(int fd, const struct iovec *v, int n, off_t at, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PREADV2, fd, HP_CALLER());
	ssize_t r = hp_real.preadv2(fd, v, n, at, flags);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t preadv64v2(int fd, const struct iovec *v, int n, off64_t at, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PREADV2, fd, HP_CALLER());
	ssize_t r = hp_real.preadv64v2(fd, v, n, at, flags);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t write(int fd, const void *buf, size_t n)
{
	if (hp_too_early())
		return hp_early(hp_sys3(SYS_write, fd, buf, n));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_WRITE, fd, HP_CALLER());
	ssize_t r = hp_real.write(fd, buf, n);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t pwrite(int fd, const void *buf, size_t n, off_t at)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PWRITE, fd, HP_CALLER());
	ssize_t r = hp_real.pwrite(fd, buf, n, at);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t pwrite64(int fd, const void *buf, size_t n, off64_t at)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PWRITE, fd, HP_CALLER());
	ssize_t r = hp_real.pwrite64(fd, buf, n, at);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t writev(int fd, const struct iovec *v, int n)
{
	if (hp_too_early())
		return hp_early(hp_sys3(SYS_writev, fd, v, n));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_WRITEV, fd, HP_CALLER());
	ssize_t r = hp_real.writev(fd, v, n);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PWRITEV, fd, HP_CALLER());
	ssize_t r = hp_real.pwritev(fd, v, n, at);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t at)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PWRITEV, fd, HP_CALLER());
	ssize_t r = hp_real.pwritev64(fd, v, n, at);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t pwritev2(int fd, const struct iovec *v, int n, off_t at, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PWRITEV2, fd, HP_CALLER());
	ssize_t r = hp_real.pwritev2(fd, v, n, at, flags);
	io_end_at(&c, fd, r, at);
	return r;
}

HP_EXPORT ssize_t pwritev64v2(int fd, const struct iovec *v, int n, off64_t at, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PWRITEV2, fd, HP_CALLER());
	ssize_t r = hp_real.pwritev64v2(fd, v, n, at, flags);
	io_end_at(&c, fd, r, at);
	return r;
}
