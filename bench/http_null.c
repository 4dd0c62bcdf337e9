/* Answers 1 KiB to everything: what the HTTP layer alone costs. Prints its address; ends on a line (or
 * the end) of standard input. Usage: http_null [threads] [port] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/http.h"

static struct http_plan begin(void *context, struct http_request *req, struct http_response *resp)
{
    (void)context;
    (void)req;
    (void)resp;
    return (struct http_plan){0};
}

static void handle(void *context, struct http_request *req, struct http_response *resp)
{
    (void)req;
    resp->status = 200;
    resp->content_type = "application/json";
    buf_append(&resp->body, context, 1024);
}

int main(int argc, char **argv)
{
    char body[1024];
    memset(body, 'x', sizeof(body));
    SCRATCH(a);
    struct http_options options = {
        .name = "bench",
        .listen = arena_printf(&a, "127.0.0.1:%s", argc > 2 ? argv[2] : "0"),
        .threads = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0,
        .temp_dir = "/tmp",
    };
    struct http_handler handler = {.begin = begin, .handle = handle, .context = body};
    struct http_server *server;
    struct err e = http_server_create(&a, &options, &handler, &server);
    if (failed(e)) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    printf("http://%s\n", http_server_address(server));
    fflush(stdout);
    (void)getchar();
    http_server_destroy(server, 1000);
    return 0;
}
