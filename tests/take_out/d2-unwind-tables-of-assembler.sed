# Hooks of assembler have unwind tables, too.
# file: preload/hooks/tail_x86_64.S preload/hooks/save_x86_64.h preload/hooks/late_x86_64.S
# fails: check_library
/\.cfi_/d
