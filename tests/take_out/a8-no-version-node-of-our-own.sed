# Hooks have no version: one of a node of our own would never be bound.
# file: preload/libhp.map
# fails: test_pitfalls_a a8_every_hook_takes_the_place_of_its_function
s/^GLIBC_2.2.5 {/HP_1 { global: malloc; free; read; write; pthread_mutex_lock; pthread_mutex_unlock; };\n&/
