/* The program medley-media-worker. Started by the pool only; see media/worker/worker.h. */
#include <unistd.h>

#include "media/process.h"
#include "media/worker/worker.h"

int main(int count, char **arguments)
{
    if (count != 2 || strcmp(arguments[1], "media-worker") != 0) {
        fputs("medley-media-worker is started by medley itself.\n", stderr);
        return 2;
    }
    /* No clean-up at exit: destructors of a hundred libraries have no business in the sandbox. */
    _exit(media_worker_main(MEDIA_WORKER_SOCKET));
}
