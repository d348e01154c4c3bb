/* flags: -shared -fPIC -ftls-model=initial-exec */
/* A library that needs 1,600 bytes of static thread-local storage, nearly all that the loader keeps for such. */
static __thread char block[1600];

int ready(void)
{
	block[0]++;
	return block[0] == 1 && block[sizeof block - 1] == 0;
}
