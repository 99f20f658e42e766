/* An Akua on this machine for C programs that want to test themselves: starts the program `akua-sim`, reads where it
 * listens, and talks to its control endpoint (see akua-sim/README.md). POSIX; one file, to be copied and changed. */
#ifndef SIM_H
#define SIM_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

typedef struct {
  pid_t pid;
  int its_stdin;
  int port;
  char url[256], token[256], broad_token[256], control_token[256];
} sim;

static void sim_fail(const char* what) {
  perror(what);
  exit(2);
}

/* Starts `program` with so many clusters. It ends with this process, however that ends: its standard input closes. */
static sim sim_start(const char* program, int clusters) {
  sim it;
  int in[2], out[2];
  char seed[32], line[300];
  char* arguments[5];
  posix_spawn_file_actions_t files;
  FILE* announced;

  memset(&it, 0, sizeof it);
  snprintf(seed, sizeof seed, "clusters=%d", clusters);
  arguments[0] = (char*)program;
  arguments[1] = (char*)"--exit-on-stdin-close";
  arguments[2] = (char*)"--seed";
  arguments[3] = seed;
  arguments[4] = NULL;
  if (pipe(in) != 0 || pipe(out) != 0) sim_fail("pipe");
  fcntl(in[1], F_SETFD, FD_CLOEXEC);
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in[0], 0);
  posix_spawn_file_actions_adddup2(&files, out[1], 1);
  if (posix_spawnp(&it.pid, program, &files, NULL, arguments, environ) != 0) sim_fail(program);
  posix_spawn_file_actions_destroy(&files);
  close(in[0]);
  close(out[1]);
  it.its_stdin = in[1];
  announced = fdopen(out[0], "r");
  if (announced == NULL) sim_fail("fdopen");
  while (it.control_token[0] == 0 && fgets(line, sizeof line, announced) != NULL) {
    sscanf(line, "url=%255s", it.url);
    sscanf(line, "token=%255s", it.token);
    sscanf(line, "broad_token=%255s", it.broad_token);
    sscanf(line, "control_token=%255s", it.control_token);
  }
  fclose(announced);
  if (sscanf(it.url, "http://127.0.0.1:%d", &it.port) != 1) sim_fail("akua-sim has not said where it listens");
  return it;
}

static void sim_stop(sim* it) {
  close(it->its_stdin);
  waitpid(it->pid, NULL, 0);
}

/* Sends one command to the control endpoint and gives the answer, a JSON text to be freed. A refusal ends the program:
 * it is a mistake in the test. */
static char* sim_control(const sim* it, const char* json) {
  struct sockaddr_in there;
  size_t used = 0, room = 1 << 16;
  char *answer = (char*)malloc(room), *body, head[600];
  ssize_t got;
  int wire = socket(AF_INET, SOCK_STREAM, 0);

  memset(&there, 0, sizeof there);
  there.sin_family = AF_INET;
  there.sin_port = htons((unsigned short)it->port);
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (answer == NULL || wire < 0 || connect(wire, (struct sockaddr*)&there, sizeof there) != 0) sim_fail("control");
  snprintf(head, sizeof head,
           "POST /control HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nauthorization: Bearer %s\r\n"
           "content-type: application/json\r\ncontent-length: %lu\r\n\r\n",
           it->control_token, (unsigned long)strlen(json));
  if (write(wire, head, strlen(head)) < 0 || write(wire, json, strlen(json)) < 0) sim_fail("control");
  while ((got = read(wire, answer + used, room - used - 1)) > 0) {
    used += (size_t)got;
    if (room - used < 2) {
      room *= 2;
      answer = (char*)realloc(answer, room);
      if (answer == NULL) sim_fail("control");
    }
  }
  close(wire);
  answer[used] = 0;
  body = strstr(answer, "\r\n\r\n");
  if (body == NULL || strncmp(answer, "HTTP/1.1 200", 12) != 0) {
    fprintf(stderr, "the simulator refused %s\n%s\n", json, answer);
    exit(2);
  }
  memmove(answer, body + 4, strlen(body + 4) + 1);
  return answer;
}

/* The same where the answer does not matter. */
static void sim_tell(const sim* it, const char* json) { free(sim_control(it, json)); }

#endif
