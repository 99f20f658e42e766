/* One exchange of bytes over a socket, for a Python client that does nothing else: what is left of its time is Python's
 * own, the hand-over of its global lock included. */
#include <sys/socket.h>

/* Sends `length` bytes of `request` and reads until at least `wanted` bytes have come. How many came, or -1. */
long exchange(int socket, const char *request, long length, long wanted) {
    char room[4096];
    if (send(socket, request, (size_t)length, MSG_NOSIGNAL) != length) {
        return -1;
    }
    long filled = 0;
    do {
        long came = recv(socket, room, sizeof room, 0);
        if (came <= 0) {
            return -1;
        }
        filled += came;
    } while (filled < wanted);
    return filled;
}
