/* libvip: a retailer's VIP programme, for programs that embed it. */
#ifndef VIP_H
#define VIP_H

#define VIP_VERSION "0.1.0"

#include "lib/base/date.h"
#include "lib/base/error.h"
#include "lib/base/money.h"

#endif
