# After a mutex is given up it is not looked at: it may be unmapped.
# file: preload/hooks/mutex.c
# fails: test_pitfalls_d d9_a_mutex_may_be_gone_as_soon_as_it_is_given_up
/^HP_EXPORT int pthread_mutex_unlock(/,/^}/ {
	s/	struct hp_thread \*t = hp_enter(HP_LOCK);/	int r = hp_real.pthread_mutex_unlock(m);\n&/
	s/return hp_real.pthread_mutex_unlock(m);/return r;/
}
