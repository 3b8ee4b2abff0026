// The atomic type of everything that threads share. A test that runs this very code under an interleaving explorer
// compiles it with EARMARK_ATOMIC_HEADER naming a header that defines earmark::engine::Atomic itself.
#pragma once

#ifdef EARMARK_ATOMIC_HEADER
#include EARMARK_ATOMIC_HEADER
#else
#include <atomic>
namespace earmark::engine {
template <class T>
using Atomic = std::atomic<T>;
}  // namespace earmark::engine
#endif
