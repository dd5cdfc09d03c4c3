/* The program's rows are JSON objects of base/jsonobject.h. */
#ifndef CLI_JSONOBJECT_H
#define CLI_JSONOBJECT_H

#include "base/jsonobject.h"

#endif
