/* The algorithm of the commit word (engine/commit_word.hpp), cells with versions and gates, helping, and the settler's inbox,
   as a Promela model. Three threads: one places two orders and so uses its descriptor again, one places an order and receives
   stock, one cancels the first order. Every access to shared memory is a step of its own; atomic{} is one CAS or exchange,
   with what is only there for judging (`truth` and below).
   tests/interleaving/verify_model has spin verify it, and requires that it finds a violation when a rule is left out:
     READ_BEFORE_HELPING S1   NO_CHECK_AFTER_COPYING S2   NO_VERSION S3   NO_NUMBER S4   LOST_WAKE_UP   NAIVE_CANCEL */

#define CELLS 2
#define FREE(word) ((word) & 7)
#define GATE(word) (((word) >> 3) & 1)
#define VERSION(word) ((word) >> 4)
#ifdef NO_VERSION
#define NEXT(word, free, gate) ((VERSION(word) << 4) | ((gate) << 3) | (free))
#else
#define NEXT(word, free, gate) (((VERSION(word) + 1) << 4) | ((gate) << 3) | (free))
#endif

/* G: lsn | who:2 | busy:1 */
#define BUSY(word) ((word) & 1)
#define WHO(word) (((word) >> 1) & 3)
#define LSN(word) ((word) >> 3)
#define SETTLER 3

#define OWNED 128 /* the inbox's bit; the others are messages */
#define ORDER 0
#define RECEIPT 1
#define CANCEL 2
#define MESSAGES 5

typedef Descriptor { byte count; byte cell[CELLS]; short before[CELLS]; short after[CELLS] };

short cell[CELLS];
short G;
Descriptor descriptor[4];
byte inbox;

/* Of the settler alone. */
byte waits[CELLS]; /* orders that wait for a unit, a bit each */

/* What a message says; written before it is pushed. */
byte kind[MESSAGES];
byte wanted[MESSAGES]; /* cells, a bit each */
byte held[MESSAGES];   /* of an order: cells where a unit is reserved for it */

/* For judging: the state as the commits made it, and what became of the units. */
short truth[CELLS];
byte on_hand[CELLS], reserved[CELLS];
byte commits;
bit answered[MESSAGES];
byte ended;

/* Thread's variables: g what was stable, seen[] the cells read then, new[] what becomes of them, mask which of them change. */
#define LOCALS short g, before_, after_; byte k, n, c, mask, at; short seen[CELLS], new[CELLS]; bit ok

inline help() {
  n = descriptor[WHO(g)].count;
  k = 0;
  do
  :: k < n ->
     c = descriptor[WHO(g)].cell[k];
     before_ = descriptor[WHO(g)].before[k];
     after_ = descriptor[WHO(g)].after[k];
#ifndef NO_CHECK_AFTER_COPYING
     if
     :: G != g -> break
     :: else
     fi;
#endif
     atomic { if :: cell[c] == before_ -> cell[c] = after_ :: else fi };
     k++
  :: else ->
     atomic { if :: G == g -> G = g - 1 :: else fi };
     break
  od
}

inline stable() {
  do
  :: g = G;
     if
     :: BUSY(g) ->
#ifdef READ_BEFORE_HELPING
        g = g - 1; break
#else
        help()
#endif
     :: else -> break
     fi
  od;
  seen[0] = cell[0];
  seen[1] = cell[1];
  d_step { new[0] = seen[0]; new[1] = seen[1]; mask = 0 }
}

#ifdef NO_NUMBER
#define NUMBERS (mask == 0 || who != SETTLER)
#else
#define NUMBERS 1
#endif

/* A unit comes to a cell: a waiter gets it. */
inline give(c_) {
  if
  :: waits[c_] -> new[c_] = NEXT(seen[c_], FREE(seen[c_]), (waits[c_] & (waits[c_] - 1)) != 0)
  :: else -> new[c_] = NEXT(seen[c_], FREE(seen[c_]) + 1, 0)
  fi;
  mask = mask | (1 << c_)
}
inline given(c_) {
  if
  :: waits[c_] & 1 -> waits[c_] = waits[c_] - 1; held[0] = held[0] | (1 << c_); reserved[c_]++
  :: !(waits[c_] & 1) && (waits[c_] & 2) -> waits[c_] = waits[c_] - 2; held[1] = held[1] | (1 << c_); reserved[c_]++
  :: waits[c_] == 4 -> waits[c_] = waits[c_] - 4; held[2] = held[2] | (1 << c_); reserved[c_]++
  :: else
  fi
}

/* What the decision about message m, now true, does to the units. */
inline take_effect(m, who) {
  if
  :: who != SETTLER ->
     held[m] = wanted[m];
     if :: wanted[m] & 1 -> reserved[0]++ :: else fi;
     if :: wanted[m] & 2 -> reserved[1]++ :: else fi
  :: who == SETTLER && kind[m] == ORDER ->
     c = 0;
     do
     :: c < CELLS && (wanted[m] & (1 << c)) && FREE(seen[c]) > 0 -> reserved[c]++; held[m] = held[m] | (1 << c); c++
     :: c < CELLS && (wanted[m] & (1 << c)) && FREE(seen[c]) == 0 -> waits[c] = waits[c] | (1 << m); c++
     :: c < CELLS && !(wanted[m] & (1 << c)) -> c++
     :: else -> break
     od
  :: who == SETTLER && kind[m] == RECEIPT -> on_hand[0]++; given(0)
  :: who == SETTLER && kind[m] == CANCEL ->
     if
     :: held[0] & 1 -> reserved[0]--; held[0] = 0; given(0)
     :: waits[0] & 1 -> waits[0] = waits[0] - 1
     :: else
     fi
  fi
}

/* Commits the cells in mask for message m; ok: it succeeded. */
inline commit(m, who) {
  at = 0; k = 0;
  do
  :: k < CELLS ->
     if
     :: mask & (1 << k) ->
        descriptor[who].cell[at] = k;
        descriptor[who].before[at] = seen[k];
        descriptor[who].after[at] = new[k];
        at++
     :: else
     fi;
     k++
  :: else -> break
  od;
  descriptor[who].count = at;
  atomic {
    if
    :: G == g ->
       g = ((LSN(g) + NUMBERS) << 3) | (who << 1) | 1;
       G = g;
       ok = 1;
       commits++;
       assert(LSN(g) == commits);                        /* S4: every commit has a number of its own */
       assert(seen[0] == truth[0] && seen[1] == truth[1]); /* E1: decided on the state that it changes */
       truth[0] = new[0];
       truth[1] = new[1];
       take_effect(m, who)
    :: else -> ok = 0
    fi
  };
  if
  :: ok ->
     k = 0;
     do
     :: k < CELLS ->
        if
        :: mask & (1 << k) -> atomic { if :: cell[k] == seen[k] -> cell[k] = new[k] :: else fi }
        :: else
        fi;
        k++
     :: else -> break
     od;
     atomic { if :: G == g -> G = g - 1 :: else fi }
  :: else
  fi
}

/* One message, by whoever owns the inbox; m is its number. */
inline settle(m) {
  do
  :: stable();
     if
     :: kind[m] == ORDER ->
        d_step {
          c = 0;
          do
          :: c < CELLS && (wanted[m] & (1 << c)) && FREE(seen[c]) > 0 ->
             new[c] = NEXT(seen[c], FREE(seen[c]) - 1, GATE(seen[c])); mask = mask | (1 << c); c++
          :: c < CELLS && (wanted[m] & (1 << c)) && FREE(seen[c]) == 0 ->
             new[c] = NEXT(seen[c], 0, 1); mask = mask | (1 << c); c++
          :: c < CELLS && !(wanted[m] & (1 << c)) -> c++
          :: else -> break
          od
        };
        commit(m, SETTLER)
     :: kind[m] == RECEIPT ->
        d_step { give(0) };
        commit(m, SETTLER)
     :: kind[m] == CANCEL ->
#ifdef NAIVE_CANCEL
        if
        :: held[0] & 1 -> /* beside the commit word: read, then written */
           before_ = cell[0];
           atomic {
             cell[0] = NEXT(before_, FREE(before_) + 1, GATE(before_));
             truth[0] = cell[0]; reserved[0]--; held[0] = 0
           }
        :: else
        fi;
        ok = 1
#else
        d_step {
          if
          :: held[0] & 1 -> give(0)
          :: waits[0] & 1 -> new[0] = NEXT(seen[0], FREE(seen[0]), (waits[0] != 1)); mask = 1
          :: else
          fi
        };
        commit(m, SETTLER)
#endif
     fi;
     if
     :: ok -> answered[m] = 1; break
     :: else
     fi
  od
}

/* Leaves message m; settles what there is if nobody else does. */
inline submit(m) {
  atomic { owner = !(inbox & OWNED); inbox = inbox | (1 << m) | OWNED };
  do
  :: owner ->
     atomic { todo = inbox & (OWNED - 1); inbox = OWNED };
     next = 0;
     do
     :: next < MESSAGES && (todo & (1 << next)) -> settle(next); next++
     :: next < MESSAGES && !(todo & (1 << next)) -> next++
     :: else -> break
     od;
#ifdef LOST_WAKE_UP
     if
     :: inbox == OWNED -> inbox = 0; owner = 0
     :: else
     fi
#else
     atomic { if :: inbox == OWNED -> inbox = 0; owner = 0 :: else fi }
#endif
  :: else -> break
  od
}

/* An order for one unit of each of `cells`; short or gated ones go to the settler. */
inline place(me, m, cells) {
  d_step { kind[m] = ORDER; wanted[m] = cells };
  do
  :: stable();
     d_step {
       ok = 1; c = 0;
       do
       :: c < CELLS && (cells & (1 << c)) && (GATE(seen[c]) || FREE(seen[c]) == 0) -> ok = 0; c++
       :: c < CELLS && (cells & (1 << c)) && !GATE(seen[c]) && FREE(seen[c]) > 0 ->
          new[c] = NEXT(seen[c], FREE(seen[c]) - 1, 0); mask = mask | (1 << c); c++
       :: c < CELLS && !(cells & (1 << c)) -> c++
       :: else -> break
       od
     };
     if
     :: !ok -> submit(m); break
     :: else ->
        commit(m, me);
        if
        :: ok -> answered[m] = 1; break
        :: else
        fi
     fi
  od
}

#define SETTLING bit owner; byte todo, next

proctype Twice() {
  LOCALS; SETTLING;
  place(0, 0, 1);
  place(0, 1, 2);
  ended++
}

proctype OrderAndReceipt() {
  LOCALS; SETTLING;
  place(1, 2, 3);
  kind[3] = RECEIPT;
  submit(3);
  ended++
}

proctype Cancels() {
  LOCALS; SETTLING;
  answered[0];
  kind[4] = CANCEL;
  submit(4);
  ended++
}

init {
  atomic {
    on_hand[0] = 1; on_hand[1] = 2;
    cell[0] = 1; cell[1] = 2;
    truth[0] = 1; truth[1] = 2;
    run Twice(); run OrderAndReceipt(); run Cancels()
  };
  (ended == 3 || timeout);
  assert(inbox == 0);                                                  /* no message is left behind */
  assert(answered[0] && answered[1] && answered[2] && answered[3] && answered[4]);
  assert(!BUSY(G) && cell[0] == truth[0] && cell[1] == truth[1]);      /* every commit is written, once */
  assert(FREE(cell[0]) + reserved[0] == on_hand[0]);                   /* I1, I2 */
  assert(FREE(cell[1]) + reserved[1] == on_hand[1]);
  assert(waits[0] == 0 || FREE(cell[0]) == 0);                       /* I3 */
  assert(GATE(cell[0]) == (waits[0] != 0) && GATE(cell[1]) == (waits[1] != 0))
}
