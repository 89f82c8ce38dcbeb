/*
 * The limit of the benchmark: what the kernel allows when a server does nothing but write.
 *
 *     limit single|joined PORT
 *
 * It listens on loopback. After a handshake without any checks each client gets an answer with 200
 * messages, which is ready from the start. It takes every new_message for the same one and writes
 * one frame, which is ready, too, to all clients: with one call a client and message ("single"), or
 * with one call a client for all messages that came within a turn of its loop ("joined"). What the
 * kernel does not take is written when it does. It stores nothing, acknowledges no message, and
 * believes that requests are masked with zeros, as load.c does it: no server, only a measure.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, READ_SIZE = 65536, COPIES = 256, NEWEST = 200 };

struct client {
    int socket, upgraded, waits;
    size_t owed;            /* bytes that it has still to get */
    size_t phase;           /* bytes of the current frame that it has got */
    size_t rest_size;
    char rest[512];         /* the beginning of a request or frame */
};

#define MESSAGE \
    "{\"id\":100000,\"client_id\":\"00000000-0000-4000-8000-000000000000\"," \
    "\"room\":\"lobby\",\"user_id\":\"0123456789abcdef0123456789abcdef\",\"user\":\"Load\"," \
    "\"ip\":\"127.0.0.1\",\"message\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"," \
    "\"time\":\"2026-11-23T02:08:00.123Z\",\"seq\":100000}"
static const char PACKET[] = "42[\"add_chat_message\"," MESSAGE "]";
/* The answer to the key of load.c, which is that of RFC 6455, 1.3. */
static const char UPGRADE[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char OPEN[] =
    "0{\"sid\":\"x\",\"upgrades\":[],\"pingInterval\":600000,\"pingTimeout\":600000,"
    "\"maxPayload\":65536}";

static struct client *clients[MOST];
static int client_count, watch;
static char frames[COPIES * 512];       /* the same frame again and again */
static size_t frame_size;
static char welcome[65536];             /* the answer to new_host, as a frame */
static size_t welcome_size;
static size_t joined;                   /* messages of this turn that nobody has got */

static size_t make_frame(char *frame, const char *packet)
{
    size_t size = strlen(packet), head = size < 126 ? 2 : 4;
    frame[0] = (char)0x81;
    frame[1] = (char)(size < 126 ? size : 126);
    if (head == 4) {
        frame[2] = (char)(size >> 8);
        frame[3] = (char)size;
    }
    memcpy(frame + head, packet, size);
    return head + size;
}

static void send_packet(struct client *client, const char *packet)
{
    char frame[512];
    send(client->socket, frame, make_frame(frame, packet), MSG_NOSIGNAL);
}

static void write_owed(struct client *client)
{
    while (client->owed) {
        size_t most = sizeof frames / frame_size * frame_size - client->phase;
        size_t size = client->owed < most ? client->owed : most;
        ssize_t done =
            send(client->socket, frames + client->phase, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (done > 0) {
            client->owed -= (size_t)done;
            client->phase = (client->phase + (size_t)done) % frame_size;
        }
        if (done < (ssize_t)size)
            break;
    }
    if (client->waits != (client->owed > 0)) {
        client->waits = !client->waits;
        struct epoll_event event = {.events = EPOLLIN | (client->waits ? EPOLLOUT : 0u),
                                    .data.ptr = client};
        epoll_ctl(watch, EPOLL_CTL_MOD, client->socket, &event);
    }
}

static void broadcast(size_t count)
{
    for (int i = 0; i < client_count; i++) {
        clients[i]->owed += count * frame_size;
        if (!clients[i]->waits)
            write_owed(clients[i]);
    }
}

static void hear(struct client *client, const char *packet, size_t size, int is_joining)
{
    if (size == 2 && !memcmp(packet, "40", 2)) {
        send_packet(client, "40{\"sid\":\"x\"}");
    } else if (size > 3 && !memcmp(packet, "420", 3)) {
        send(client->socket, welcome, welcome_size, MSG_NOSIGNAL);
        clients[client_count++] = client;
    } else if (size > 3 && !memcmp(packet, "42[", 3)) {
        if (is_joining)
            joined++;
        else
            broadcast(1);
    }
}

/* Returns 0 when the client is gone. */
static int read_client(struct client *client, int is_joining)
{
    static char buffer[READ_SIZE + sizeof client->rest];
    memcpy(buffer, client->rest, client->rest_size);
    ssize_t got = recv(client->socket, buffer + client->rest_size, READ_SIZE, MSG_DONTWAIT);
    if (got <= 0)
        return 0;
    size_t size = client->rest_size + (size_t)got, used = 0;
    char *end;
    if (!client->upgraded && (end = memmem(buffer, size, "\r\n\r\n", 4))) {
        used = (size_t)(end + 4 - buffer);
        client->upgraded = 1;
        send(client->socket, UPGRADE, sizeof UPGRADE - 1, MSG_NOSIGNAL);
        send_packet(client, OPEN);
    }
    while (client->upgraded && size - used >= 8) {
        const unsigned char *data = (unsigned char *)buffer + used;
        size_t length = data[1] & 0x7f, head = 6;
        if (length == 126) {
            length = (size_t)data[2] << 8 | data[3];
            head = 8;
        }
        if (size - used < head + length)
            break;
        hear(client, buffer + used + head, length, is_joining);
        used += head + length;
    }
    client->rest_size = size - used;
    if (client->rest_size > sizeof client->rest)
        return 0;
    memcpy(client->rest, buffer + used, client->rest_size);
    return 1;
}

static size_t make_welcome(void)
{
    static char packet[sizeof welcome - 4];
    char *place = stpcpy(packet, "430[{\"ok\":true,\"messages\":[" MESSAGE);
    for (int i = 1; i < NEWEST; i++)
        place = stpcpy(place, "," MESSAGE);
    stpcpy(place, "]}]");
    return make_frame(welcome, packet);
}

static void accept_client(int listener)
{
    int on = 1;
    struct client *client = calloc(1, sizeof *client);
    client->socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client->socket < 0 || client_count == MOST)
        exit(1);
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(watch, EPOLL_CTL_ADD, client->socket, &event);
}

static int listen_on_loopback(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("limit");
        exit(1);
    }
    return listener;
}

int main(int argc, char **argv)
{
    struct epoll_event events[1024];
    struct rlimit files;
    if (argc != 3)
        return 2;
    int is_joining = !strcmp(argv[1], "joined");
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    frame_size = make_frame(frames, PACKET);
    for (size_t i = 1; i < sizeof frames / frame_size; i++)
        memcpy(frames + i * frame_size, frames, frame_size);
    welcome_size = make_welcome();
    watch = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on_loopback(atoi(argv[2]));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(watch, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(watch, events, 1024, -1);
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            if (!client)
                accept_client(listener);
            else if (events[i].events & EPOLLOUT)
                write_owed(client);
            else if (!read_client(client, is_joining))
                close(client->socket); /* the load has ended, and so will this */
        }
        if (joined)
            broadcast(joined);
        joined = 0;
    }
}
