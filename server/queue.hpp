// The multi-producer queue between threads: moodycamel's. The one place that includes it. It is FIFO for each producer
// only, and unbounded: whoever enqueues has a bound of his own (credit, one entry for each group, one digest).
#pragma once

#include <concurrentqueue/concurrentqueue.h>
