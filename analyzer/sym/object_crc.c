/* object_crc.c - the checksum by which a separate debug file is known. */
#include <unistd.h>

#include "sym/object.h"

static uint32_t crc32_update(uint32_t crc, const unsigned char *data, size_t bytes)
{
	static uint32_t table[256];

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		uint32_t v = i;

		for (int bit = 0; bit < 8; bit++)
			v = v >> 1 ^ (v & 1 ? 0xedb88320 : 0);
		table[i] = v;
	}
	while (bytes--)
		crc = table[(crc ^ *data++) & 0xff] ^ crc >> 8;
	return crc;
}

int object_crc32(const char *path, uint32_t *crc)
{
	unsigned char block[65536];
	const char *why;
	int fd = object_open_regular(path, &why);
	ssize_t got;

	if (fd < 0)
		return -1;
	*crc = UINT32_MAX;
	while ((got = read(fd, block, sizeof block)) > 0)
		*crc = crc32_update(*crc, block, (size_t)got);
	*crc = ~*crc;
	close(fd);
	return got < 0 ? -1 : 0;
}
