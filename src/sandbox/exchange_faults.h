/*
 * The Exchange half's faults: what each does to a call.
 */
#ifndef SANDBOX_EXCHANGE_FAULTS_H
#define SANDBOX_EXCHANGE_FAULTS_H

#include <stdbool.h>

struct call;

/* Faults that refuse instead of looking at the request. True when one did; the answer is complete. */
bool faults_refuse(struct call *call);

/* A gateway's refusal: few words, none of them Exchange's. wait 0: no Retry-After. */
void refuse_busy(struct call *call, int status, const char *code, long wait);

/* Faults that change what the cmdlet writes: called once the cmdlet is known to run. */
void faults_prepare(struct call *call);

/* Faults that spoil the finished answer. */
void faults_spoil(struct call *call);

#endif
