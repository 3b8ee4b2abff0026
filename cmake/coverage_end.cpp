// Only in the preset coverage: who ends by _exit or _Exit (children that check a store, a server whose storage failed) writes the
// counters first, as everyone does who returns from main. The linker puts these in the place of libc's functions (--wrap).
// Any thread, once per process. A process killed by a signal still writes none.
extern "C" {

void __gcov_dump();
[[noreturn]] void __real__exit(int status);
[[noreturn]] void __real__Exit(int status);
[[noreturn]] void __wrap__exit(int status);
[[noreturn]] void __wrap__Exit(int status);

void __wrap__exit(int status) {
  __gcov_dump();
  __real__exit(status);
}

void __wrap__Exit(int status) {
  __gcov_dump();
  __real__Exit(status);
}
}
