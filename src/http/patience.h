/*
 * Connections that take for ever to send a request's head.
 *
 * libmicrohttpd closes a connection that sends nothing for a while; one that sends a byte now and then it keeps
 * (slowloris). Here a watcher thread ends connections that have not sent a whole head within PATIENCE_HEAD_S of
 * connecting, or of the request before. Streams, uploads and upgraded sockets are past their head and left alone.
 */
#ifndef MEDLEY_HTTP_PATIENCE_H
#define MEDLEY_HTTP_PATIENCE_H

#include <microhttpd.h>

/* Longer than the idle timeout: a connection that is merely idle is closed by libmicrohttpd. */
#define PATIENCE_HEAD_S 45

struct patience;
/* NULL when its thread cannot be started. head_s 0: PATIENCE_HEAD_S. */
struct patience *patience_start(int head_s);
void patience_stop(struct patience *patience); /* after the daemon; NULL is fine */

/* MHD_OPTION_NOTIFY_CONNECTION, with the patience as its data. */
void patience_on_connection(void *patience, struct MHD_Connection *connection, void **socket_context,
                            enum MHD_ConnectionNotificationCode code);
/* The head is there; the next one may come. On the connection's thread. */
void patience_head_done(struct MHD_Connection *connection);
void patience_head_awaited(struct MHD_Connection *connection);

#endif
