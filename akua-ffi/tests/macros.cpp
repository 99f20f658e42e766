// Macros that other headers leave behind, all there before akua.hpp is read. It compiles, and so do calls of what is named
// as one of them. Only compiled: run.sh.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <complex.h>
#include <iterator>
#include <sys/param.h>
#include <sys/sysmacros.h>
#include <sys/types.h>

#if defined(ANOTHER_TIMEOUT)
// One of a header that is not known; it stays.
#define timeout(delay) NOT_OURS(delay)
#elif __has_include(<curses.h>) && !defined(NO_CURSES)
#include <curses.h>
#else
// What curses.h says in C++, after it has taken back what the standard library is called.
#define NCURSES_VERSION "6.4"
extern "C" void timeout(int);
#define timeout(delay) wtimeout(stdscr, (delay))
#define getstr(str) wgetstr(stdscr, (str))
#define instr(str) winstr(stdscr, (str))
#define scroll(lines) wscrl(stdscr, (lines))
#define standend() wstandend(stdscr)
#define border(a, b) wborder(stdscr, a, b)
#define inch() winch(stdscr)
#endif

// X11/X.h and Xlib.h
#define None 0L
#define Bool int
#define Status int
#define True 1
#define False 0
#define Success 0
#define Always 2
#define Above 0
#define Below 1
#define Complex 0
#define Convex 2

// windows.h
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define interface struct
#define small char
#define near
#define far
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define ERROR 0
#define NO_ERROR 0
#define DELETE (0x00010000L)
#define STRICT 1
#define TRUE 1
#define FALSE 0
#define VOID void
#define GetMessage GetMessageA
#define GetObject GetObjectA

// Assertions of Apple's, of test frameworks and of loggers; Qt; R; boards with few pins
#define check(assertion) NOT_OURS(assertion)
#define verify(assertion) NOT_OURS(assertion)
#define require(assertion, label) NOT_OURS(assertion)
#define assert_that(x) NOT_OURS(x)
#define CHECK(x) NOT_OURS(x)
#define LOG(x) NOT_OURS(x)
#define signals public
#define slots
#define emit
#define foreach NOT_OURS
#define forever for (;;)
#define error Rf_error
#define length Rf_length
#define bit(b) (1UL << (b))
#define F(text) (text)
#define B1 1
#define I _Complex_I

// Some of the Unix of old
#ifndef linux
#define linux 1
#endif
#ifndef unix
#define unix 1
#endif
#define sun 1
#define mips 1
#define vax 1
#define st_etag st_name

#include <akua.hpp>

// Whoever has them goes on with them.
#if !defined(min) || !defined(max) || defined(timeout) != defined(ANOTHER_TIMEOUT)
#error "a macro of another header is gone, or that of curses.h is still there"
#endif

int main() {
  akua::call_options call;
  (call.timeout)(std::chrono::seconds(1)).max_attempts(2);
  akua::client_options options;
  (options.timeout)(std::chrono::seconds(1)).token("t");
#ifndef ANOTHER_TIMEOUT
  call.timeout(std::chrono::seconds(1));
#endif
  const auto client = akua::client::make(options);
  if (!client) return client.error().status() == akua::status::timeout;
  auto list = client->clusters(call).list();
  const auto first = *list.begin();
  return first ? 0 : 1;
}
