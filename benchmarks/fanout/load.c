/*
 * The load of the benchmark: N clients of a Socket.IO server in one thread.
 *
 *     load PORT[,PORT...] COOKIE < commands
 *
 * Where there are several ports the clients take them in turn: what any of them says has to reach
 * those of all servers.
 *
 * Each line of standard input is a command, each line of standard output its result as JSON:
 *
 *     connect N                 go on until N clients have joined
 *     saturate SECONDS TALKERS  as many messages on their way as there are talkers
 *     calm COUNT RATE           RATE messages a second, COUNT in all
 *     acks CLIENTS SECONDS      each sends its next message when the last one is acknowledged
 *
 * A message has arrived once every client has it; what is counted is therefore how many frames
 * with add_chat_message each client got. To stay lighter than any server it looks at a frame's
 * header and first bytes only, never at JSON, and reads everything a client has in one call.
 * Requests are masked with zeros, which is a mask like any other.
 *
 * A result has "cpu", the seconds of processor time that this program used for it: where that is
 * near the seconds it took, the load was the bottleneck and the result says little of the server.
 * What cannot go on (refused, closed, silent for PATIENCE seconds) is {"error": "..."}, the end.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    READ_SIZE = 1 << 20,
    RING = 1 << 16,     /* messages between the first client's newest and the last one's */
    JOINING = 64,       /* clients that join at the same time */
    PATIENCE = 15,      /* seconds of silence */
    SAMPLES = 1 << 20,
    PORTS = 64,
    TEXT = 40,          /* characters of a message */
};

enum state { UPGRADING, CONNECTING, ENTERING, JOINED };

struct client {
    int socket;
    enum state state;
    uint64_t messages;      /* frames with add_chat_message so far */
    char *rest;             /* the beginning of a frame whose end has not come */
    size_t rest_size;
    double asked;           /* when it sent what waits for its acknowledgement, or 0 */
};

static const char SAID[] = "42[\"add_chat_message\"";

static int ports[PORTS], port_count, watch;
static const char *cookie;
static struct client *clients;
static int client_count, joined_count;
static char buffer[READ_SIZE * 2];

static uint64_t sent;                   /* messages in all */
static uint64_t arrived;                /* messages that everybody has */
static uint64_t deliveries;
static uint64_t packets, bytes;         /* messages, and answers to who joins */
static int reached[RING];               /* how many clients have it, by message */
static double sent_at[RING];
static double samples[SAMPLES];
static int sample_count;
static int samples_are_acks;
static double talk_until;               /* who gets an acknowledgement says more until then */
static double now, heard;

static double clock_seconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("{\"error\": \"");
    vprintf(format, arguments);
    printf("\"}\n");
    exit(1);
}

static int number_of(struct client *client)
{
    return (int)(client - clients);
}

/* ---------------------------------------------------------------- out */

static void write_all(struct client *client, const char *data, size_t size)
{
    ssize_t done = send(client->socket, data, size, MSG_NOSIGNAL);
    if (done != (ssize_t)size)
        fail("client %d cannot write: %s", number_of(client), done < 0 ? strerror(errno) : "full");
}

static void send_packet(struct client *client, const char *packet)
{
    char frame[1024] = {(char)0x81};
    size_t size = strlen(packet), head = size < 126 ? 6 : 8;
    if (size < 126) {
        frame[1] = (char)(0x80 | size);
    } else {
        frame[1] = (char)(0x80 | 126);
        frame[2] = (char)(size >> 8);
        frame[3] = (char)size;
    }
    memcpy(frame + head, packet, size);
    write_all(client, frame, head + size);
}

static void say(struct client *client, const char *acknowledgement)
{
    char packet[512], text[TEXT + 1];
    memset(text, 'x', TEXT);
    text[TEXT] = 0;
    snprintf(packet, sizeof packet,
             "42%s[\"new_message\",{\"message\":\"%s\",\"client_id\":\"%08x-0000-4000-8000-%012llx\"}]",
             acknowledgement, text, (unsigned)getpid(), (unsigned long long)sent);
    sent_at[sent++ % RING] = now = clock_seconds(CLOCK_MONOTONIC);
    client->asked = *acknowledgement ? now : 0;
    send_packet(client, packet);
}

/* ---------------------------------------------------------------- in */

static void add_sample(double seconds)
{
    if (sample_count < SAMPLES)
        samples[sample_count++] = seconds;
}

static void hear_message(struct client *client, size_t size)
{
    uint64_t message = client->messages++;
    deliveries++;
    packets++;
    bytes += size;
    if (message - arrived >= RING)
        fail("client %d is %d messages ahead of another one", number_of(client), RING);
    if (++reached[message % RING] == joined_count) {
        reached[message % RING] = 0;
        arrived++;
        if (!samples_are_acks)
            add_sample(clock_seconds(CLOCK_MONOTONIC) - sent_at[message % RING]);
    }
}

static void hear_acknowledgement(struct client *client, const char *packet, size_t size)
{
    if (!memmem(packet, size, "\"ok\":true", 9))
        fail("client %d got another acknowledgement than ok", number_of(client));
    if (client->state == ENTERING) {
        client->state = JOINED;
        joined_count++;
        packets++;
        bytes += size;
    } else if (client->asked > 0) {
        now = clock_seconds(CLOCK_MONOTONIC);
        add_sample(now - client->asked);
        client->asked = 0;
        if (now < talk_until)
            say(client, "1");
    }
}

static void hear_packet(struct client *client, const char *packet, size_t size)
{
    if (size >= sizeof SAID - 1 && !memcmp(packet, SAID, sizeof SAID - 1)) {
        /* Who is still joining misses what came before. */
        if (client->state == JOINED)
            hear_message(client, size);
    } else if (size && packet[0] == '2') {
        send_packet(client, "3");
    } else if (size && packet[0] == '0') {
        send_packet(client, "40");
        client->state = CONNECTING;
    } else if (size > 1 && packet[0] == '4' && packet[1] == '0') {
        send_packet(client, "420[\"new_host\",{}]");
        client->state = ENTERING;
    } else if (size > 1 && packet[0] == '4' && packet[1] == '3') {
        hear_acknowledgement(client, packet, size);
    } else if (size > 1 && packet[0] == '4' && (packet[1] == '1' || packet[1] == '4')) {
        fail("client %d was refused", number_of(client));
    }
}

/* Take a frame at the beginning of the data; returns its size, or 0 where it is not whole. */
static size_t take_frame(struct client *client, const unsigned char *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t head = 2, length = data[1];
    if (length == 126) {
        if (size < 4)
            return 0;
        head = 4;
        length = (size_t)data[2] << 8 | data[3];
    } else if (length == 127) {
        if (size < 10)
            return 0;
        head = 10;
        length = 0;
        for (int i = 2; i < 10; i++)
            length = length << 8 | data[i];
        if (length > READ_SIZE)
            fail("client %d got a frame of %zu bytes", number_of(client), length);
    }
    if (size < head + length)
        return 0;
    if ((data[0] & 0x0f) == 8)
        fail("client %d was closed by the server", number_of(client));
    if (data[0] == 0x81)
        hear_packet(client, (const char *)data + head, length);
    return head + length;
}

static size_t take_answer(struct client *client, char *data, size_t size)
{
    char *end = memmem(data, size, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (size < 12 || memcmp(data + 9, "101", 3))
        fail("client %d was answered %.12s instead of 101", number_of(client), data);
    client->state = CONNECTING;
    return (size_t)(end + 4 - data);
}

static void read_client(struct client *client)
{
    size_t size = client->rest_size, used = 0, step;
    if (size)
        memcpy(buffer, client->rest, size);
    ssize_t got = recv(client->socket, buffer + size, READ_SIZE, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        fail("client %d was cut off by the server", number_of(client));
    size += (size_t)got;
    if (client->state == UPGRADING)
        used = take_answer(client, buffer, size);
    if (client->state != UPGRADING)
        while ((step = take_frame(client, (unsigned char *)buffer + used, size - used)))
            used += step;
    client->rest_size = size - used;
    if (client->rest_size) {
        if (client->rest_size > READ_SIZE)
            fail("client %d got a frame that is too large", number_of(client));
        client->rest = realloc(client->rest, client->rest_size);
        memcpy(client->rest, buffer + used, client->rest_size);
    }
}

/* Read what there is; wait for it, but not longer than until the time. */
static void turn(double until)
{
    static struct epoll_event events[1024];
    double left = until - clock_seconds(CLOCK_MONOTONIC);
    if (left < 0)
        left = 0;
    int count = epoll_wait(watch, events, 1024, (int)(left * 1000 + 0.999));
    for (int i = 0; i < count; i++)
        read_client(events[i].data.ptr);
    now = clock_seconds(CLOCK_MONOTONIC);
    if (count > 0)
        heard = now;
    if (now - heard > PATIENCE)
        fail("the server has been silent for %d s", PATIENCE);
}

static void wait_for_all(void)
{
    while (arrived < sent)
        turn(now + 1);
}

/* ---------------------------------------------------------------- commands */

static void open_client(struct client *client)
{
    int port = ports[number_of(client) % port_count];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    char request[2048];
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->socket < 0)
        fail("client %d has no socket: %s", number_of(client), strerror(errno));
    if (connect(client->socket, (struct sockaddr *)&address, sizeof address))
        fail("client %d cannot connect: %s", number_of(client), strerror(errno));
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(watch, EPOLL_CTL_ADD, client->socket, &event);
    snprintf(request, sizeof request,
             "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
             "Host: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "%s%s%s\r\n",
             port, *cookie ? "Cookie: " : "", cookie, *cookie ? "\r\n" : "");
    write_all(client, request, strlen(request));
}

static void connect_clients(int count)
{
    if (count < client_count)
        fail("%d clients are connected already", client_count);
    /* Nobody reads yet, so the clients may move. */
    struct client *moved = calloc((size_t)count, sizeof *moved);
    for (int i = 0; i < client_count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = moved + i};
        moved[i] = clients[i];
        epoll_ctl(watch, EPOLL_CTL_MOD, moved[i].socket, &event);
    }
    free(clients);
    clients = moved;
    while (joined_count < count) {
        while (client_count < count && client_count - joined_count < JOINING)
            open_client(clients + client_count++);
        turn(now + 1);
    }
    for (int i = 0; i < count; i++)
        clients[i].messages = arrived;
}

/*
 * Each talker says the next thing as soon as everybody has the last one: the server always has
 * something to do, and as much as its clients could wait for.
 */
static void saturate(double seconds, int talkers)
{
    double end = now + seconds;
    if (talkers > client_count)
        fail("only %d clients are connected", client_count);
    while (now < end) {
        while (sent - arrived < (uint64_t)talkers)
            say(clients + sent % (uint64_t)talkers, "");
        turn(now + 1);
    }
    wait_for_all();
}

static void calm(int count, double rate)
{
    double next = now;
    for (int i = 0; i < count; i++) {
        say(clients, "");
        next += 1 / rate;
        while (now < next)
            turn(next);
    }
    wait_for_all();
}

static void acks(int count, double seconds)
{
    if (count > client_count)
        fail("only %d clients are connected", client_count);
    samples_are_acks = 1;
    talk_until = now + seconds;
    for (int i = 0; i < count; i++)
        say(clients + i, "1");
    for (int i = 0; i < count; i++)
        while (clients[i].asked > 0)
            turn(now + 1);
    wait_for_all();
    samples_are_acks = 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(double share)
{
    int place = (int)(sample_count * share);
    return sample_count ? samples[place < sample_count ? place : sample_count - 1] : 0;
}

static void run(const char *line)
{
    double a = 0, b = 0, cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID), start;
    uint64_t sent_before = sent;
    char name[16] = "";
    sscanf(line, "%15s %lf %lf", name, &a, &b);
    start = now = heard = clock_seconds(CLOCK_MONOTONIC);
    deliveries = packets = bytes = 0;
    sample_count = 0;
    if (!strcmp(name, "connect"))
        connect_clients((int)a);
    else if (!strcmp(name, "saturate"))
        saturate(a, (int)b);
    else if (!strcmp(name, "calm"))
        calm((int)a, b);
    else if (!strcmp(name, "acks"))
        acks((int)a, b);
    else
        fail("unknown command %s", name);
    now = clock_seconds(CLOCK_MONOTONIC);
    qsort(samples, (size_t)sample_count, sizeof *samples, compare);
    printf("{\"seconds\": %.6f, \"cpu\": %.6f, \"messages\": %llu, \"deliveries\": %llu, "
           "\"packet_size\": %.1f, \"samples\": %d, \"median\": %.6f, \"p99\": %.6f}\n",
           now - start, clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
           (unsigned long long)(sent - sent_before), (unsigned long long)deliveries,
           packets ? (double)bytes / (double)packets : 0, sample_count, quantile(0.5),
           quantile(0.99));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct rlimit files;
    char line[128];
    if (argc != 3)
        return 2;
    for (char *place = argv[1]; *place && port_count < PORTS; place += *place == ',')
        ports[port_count++] = (int)strtol(place, &place, 10);
    cookie = argv[2];
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    watch = epoll_create1(EPOLL_CLOEXEC);
    while (fgets(line, sizeof line, stdin))
        run(line);
    return 0;
}
