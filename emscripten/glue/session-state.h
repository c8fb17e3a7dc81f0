// What a codec remembers between calls. A pack's module has one session at a time. The native engine
// (src/accel-native/addon) compiles the same files, and gives each session a thread of its own.
#ifndef EVERYCODEC_SESSION_STATE_H
#define EVERYCODEC_SESSION_STATE_H

#ifdef __EMSCRIPTEN__
#define PER_SESSION static
#else
#define PER_SESSION static _Thread_local
#endif

#endif
