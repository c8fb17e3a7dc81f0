// What tests set by environment, in every stand-in; README.md lists the variables.
#pragma once
#include <stdbool.h>

typedef enum { WORK_DECODE, WORK_ENCODE } Work;

// Whether a job such as "decode-vp9" is on offer.
bool switch_offers(const char *job);

// Counts a picture; true: the device is to be found lost with this one.
bool switch_loses_device(Work work);

bool switch_is_on(const char *variable);

// Appends a line to the log, if there is one.
void switch_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
