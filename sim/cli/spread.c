/* spread.c -- MPI, or nothing. */
#include "sim/cli/spread.h"

#ifdef ADSIM_MPI

#include "sim/cli/cli.h"
#include "sim/cli/session.h"

#include <limits.h>
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Leader to follower: a point's number from 1, 0 = go home. Follower to leader: a record; or a failure of its
 * own, its text. */
enum { TAG_POINT = 1, TAG_RECORD, TAG_FAILURE };

static int rank(void)
{
    int r;
    MPI_Comm_rank(MPI_COMM_WORLD, &r);
    return r;
}

int spread_ranks(void)
{
    int n;
    MPI_Comm_size(MPI_COMM_WORLD, &n);
    return n;
}

bool spread_leads(void)
{
    return rank() == 0;
}

/* The next item of a run, in the leader's memory, from where whoever is free takes it. */
static MPI_Win counter = MPI_WIN_NULL;

/* --- when a rank is lost ---------------------------------------------------------------------- */

/* Read by the signal handler. */
static struct {
    const char *text;
    size_t length;
    int rank;
    pid_t leader; /* on this machine; 0 = on another */
} on_loss;

/* The launcher then ends the others wherever they wait for it, by SIGTERM. The leader tells, or, where it is what was
 * lost, the next rank. */
static void end_told(int signal_number)
{
    (void)signal_number;
    bool leader_gone = !on_loss.leader || kill(on_loss.leader, 0);
    if (on_loss.rank == 0 || (on_loss.rank == 1 && leader_gone)) {
        ssize_t told = write(STDERR_FILENO, on_loss.text, on_loss.length);
        (void)told;
    }
    _exit(EXIT_UNEXPECTED);
}

static void catch_loss(const char *text)
{
    struct {
        char host[256];
        int64_t process;
    } own = {.process = getpid()}, leader;
    if (gethostname(own.host, sizeof own.host - 1)) *own.host = 0;
    leader = own;
    MPI_Bcast(&leader, sizeof leader, MPI_BYTE, 0, MPI_COMM_WORLD);
    bool near = *own.host && !strcmp(own.host, leader.host);
    on_loss.text = text;
    on_loss.length = strlen(text);
    on_loss.rank = rank();
    on_loss.leader = near ? (pid_t)leader.process : 0;
    struct sigaction action = {.sa_handler = end_told};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
}

void spread_begin(const char *lost)
{
    int there, threads;
    int64_t *next;
    MPI_Initialized(&there);
    if (!there) MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &threads);
    MPI_Query_thread(&threads);
    if (spread_ranks() > 1) catch_loss(lost);
    if (spread_ranks() == 1 || threads < MPI_THREAD_SERIALIZED) return;
    MPI_Win_allocate(sizeof *next, sizeof *next, MPI_INFO_NULL, MPI_COMM_WORLD, &next, &counter);
    MPI_Win_lock_all(0, counter);
}

void spread_end(void)
{
    if (counter != MPI_WIN_NULL) {
        MPI_Win_unlock_all(counter);
        MPI_Win_free(&counter);
    }
    MPI_Finalize();
}

/* --- the leader ------------------------------------------------------------------------------- */

typedef struct {
    const size_t *point;
    size_t n, next, away; /* points; handed out; not yet back */
    const batch_how_t *how;
    record_t record;
    status_t status; /* the first failure */
} desk_t;

static bool is_over(const desk_t *d)
{
    return d->status != OK || d->next == d->n ||
           (d->how->how.interrupted && *d->how->how.interrupted);
}

static void hand_out(desk_t *d, int to)
{
    if (is_over(d)) return;
    unsigned long long point = d->point[d->next++] + 1;
    MPI_Send(&point, 1, MPI_UNSIGNED_LONG_LONG, to, TAG_POINT, MPI_COMM_WORLD);
    d->away++;
}

/* Sleeps between looks: waiting within MPI would take a whole processor. */
static void await_answer(MPI_Status *from)
{
    static const struct timespec moment = {.tv_nsec = 200000};
    for (int there = 0; !there;) {
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, from);
        if (!there) nanosleep(&moment, NULL);
    }
}

static bool record_room(record_t *r, size_t n)
{
    if (n <= r->room) return true;
    unsigned char *grown = realloc(r->byte, n);
    if (!grown) return false;
    r->byte = grown;
    r->room = n;
    return true;
}

static void take_answer(desk_t *d, error_t *err)
{
    MPI_Status from;
    int n;
    error_t own = {""};
    await_answer(&from);
    MPI_Get_count(&from, MPI_BYTE, &n);
    if (!record_room(&d->record, (size_t)n)) { /* the message cannot be taken: all ends here */
        fail_memory(err, "what came of a point");
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    MPI_Recv(d->record.byte, n, MPI_BYTE, from.MPI_SOURCE, from.MPI_TAG, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    d->record.n = (size_t)n;
    d->away--;
    status_t st = from.MPI_TAG == TAG_RECORD
                      ? d->how->keep(d->how->context, &d->record, &own)
                      : fail(&own, ERR_UNEXPECTED, "rank %d: %.*s", from.MPI_SOURCE, n,
                             (const char *)d->record.byte);
    if (st != OK && d->status == OK) {
        d->status = st;
        *err = own;
    }
    hand_out(d, from.MPI_SOURCE);
}

status_t spread_run(const batch_t *b, const size_t *point, size_t n, const batch_how_t *how,
                    error_t *err)
{
    int ranks = spread_ranks();
    if (ranks == 1) return batch_run(b, point, n, how, err);
    desk_t d = {.point = point, .n = n, .how = how};
    for (int r = 1; r < ranks; r++) hand_out(&d, r);
    while (d.away) take_answer(&d, err);
    record_free(&d.record);
    if (d.status == OK && d.next < d.n) return fail(err, ERR_INTERRUPTED, "stopped");
    return d.status;
}

/* --- a follower ------------------------------------------------------------------------------- */

static void answer(const batch_t *b, size_t point, const point_how_t *how, record_t *r)
{
    error_t err = {"it cannot open the files that the leader has opened"};
    bool fine = b && batch_run_point(b, point, how, r, &err) == OK && r->n <= INT_MAX;
    const void *bytes = fine ? (const void *)r->byte : err.text;
    int n = fine ? (int)r->n : (int)sizeof err.text;
    MPI_Send(bytes, n, MPI_BYTE, 0, fine ? TAG_RECORD : TAG_FAILURE, MPI_COMM_WORLD);
}

static size_t next_point(void)
{
    unsigned long long point;
    MPI_Recv(&point, 1, MPI_UNSIGNED_LONG_LONG, 0, TAG_POINT, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return (size_t)point;
}

void spread_serve(const batch_t *b, const point_how_t *how)
{
    record_t r = {0};
    for (size_t point; (point = next_point());) answer(b, point - 1, how, &r);
    record_free(&r);
}

void spread_dismiss(void)
{
    unsigned long long home = 0;
    for (int r = 1; r < spread_ranks(); r++)
        MPI_Send(&home, 1, MPI_UNSIGNED_LONG_LONG, r, TAG_POINT, MPI_COMM_WORLD);
}

/* --- one run ---------------------------------------------------------------------------------- */

/* In pieces that an int counts. */
static void sum_over_ranks(int64_t *x, size_t n)
{
    enum { PIECE = 1 << 20 };
    for (size_t first = 0; first < n; first += PIECE) {
        int of = n - first < PIECE ? (int)(n - first) : PIECE;
        MPI_Allreduce(MPI_IN_PLACE, x + first, of, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    }
}

/* What the counter held before. */
static int64_t counter_change(int64_t by, MPI_Op how)
{
    int64_t before;
    MPI_Fetch_and_op(&by, &before, MPI_INT64_T, 0, 0, how, counter);
    MPI_Win_flush(0, counter);
    return before;
}

static void recount(void)
{
    MPI_Barrier(MPI_COMM_WORLD);
    if (spread_leads()) counter_change(0, MPI_REPLACE);
    MPI_Barrier(MPI_COMM_WORLD);
}

static size_t take(void)
{
    return (size_t)counter_change(1, MPI_SUM);
}

crew_t spread_crew(void)
{
    crew_t crew = {.rank = (size_t)rank(), .ranks = (size_t)spread_ranks(), .sum = sum_over_ranks};
    if (counter == MPI_WIN_NULL) return crew;
    crew.recount = recount;
    crew.take = take;
    return crew;
}

status_t spread_agree(status_t own, error_t *err)
{
    crew_t crew = spread_crew();
    int64_t leads_well = spread_leads() && own == OK;
    crew_sum(&crew, &leads_well, 1);
    if (own != OK && leads_well) fprintf(stderr, "adsim: rank %zu: %s\n", crew.rank, err->text);
    return crew_agree(&crew, own, err);
}

#else

void spread_begin(const char *lost)
{
    (void)lost;
}

int spread_ranks(void)
{
    return 1;
}

bool spread_leads(void)
{
    return true;
}

status_t spread_run(const batch_t *b, const size_t *point, size_t n, const batch_how_t *how,
                    error_t *err)
{
    return batch_run(b, point, n, how, err);
}

void spread_serve(const batch_t *b, const point_how_t *how)
{
    (void)b;
    (void)how;
}

void spread_dismiss(void) {}

crew_t spread_crew(void)
{
    return crew_alone;
}

status_t spread_agree(status_t own, error_t *err)
{
    (void)err;
    return own;
}

void spread_end(void) {}

#endif
