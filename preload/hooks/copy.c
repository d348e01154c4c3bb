/* copy.c - bytes from one descriptor to another; the payload names the one that was read. */
#include "hooks/io.h"

HP_EXPORT ssize_t sendfile(int out, int in, off_t *at, size_t n)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SENDFILE, out, HP_CALLER());
	ssize_t r = hp_real.sendfile(out, in, at, n);
	hp_io_end_payload(&c, out, r, &in, sizeof in);
	return r;
}

HP_EXPORT ssize_t sendfile64(int out, int in, off64_t *at, size_t n)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SENDFILE, out, HP_CALLER());
	ssize_t r = hp_real.sendfile64(out, in, at, n);
	hp_io_end_payload(&c, out, r, &in, sizeof in);
	return r;
}

HP_EXPORT ssize_t splice(int in, off64_t *in_at, int out, off64_t *out_at, size_t n, unsigned flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SPLICE, out, HP_CALLER());
	ssize_t r = hp_real.splice(in, in_at, out, out_at, n, flags);
	hp_io_end_payload(&c, out, r, &in, sizeof in);
	return r;
}

HP_EXPORT ssize_t tee(int in, int out, size_t n, unsigned flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_TEE, out, HP_CALLER());
	ssize_t r = hp_real.tee(in, out, n, flags);
	hp_io_end_payload(&c, out, r, &in, sizeof in);
	return r;
}

HP_EXPORT ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t n, unsigned flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_COPY_FILE_RANGE, out, HP_CALLER());
	ssize_t r = hp_real.copy_file_range(in, in_at, out, out_at, n, flags);
	hp_io_end_payload(&c, out, r, &in, sizeof in);
	return r;
}
