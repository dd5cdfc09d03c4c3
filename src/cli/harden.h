/* Before secrets come near: no core files, no tracing by others, no files others may read. */
#ifndef CLI_HARDEN_H
#define CLI_HARDEN_H

void harden(void);

#endif
