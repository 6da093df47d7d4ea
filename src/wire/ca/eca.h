#pragma once

#include "pv/status.h"

#include <cstdint>
#include <string_view>

namespace iochron::wire::ca {

/// CA's status codes: a number times 8 plus a severity (0 warning, 1 success, 2 error, 3 information, 4 severe). The
/// names are EPICS' without ECA_. Any value can be received.
enum class Eca : std::uint32_t {
    normal = 1,
    maxioc = 10,
    uknhost = 18,
    uknserv = 26,
    sock = 34,
    conn = 40,
    allocmem = 48,
    uknchan = 56,
    uknfield = 64,
    tolarge = 72,
    timeout = 80,
    nosupport = 88,
    strtobig = 96,
    disconnchid = 106,
    badtype = 114,
    chidnotfnd = 123,
    chidretry = 131,
    internal = 142,
    dblclfail = 144,
    getfail = 152,
    putfail = 160,
    addfail = 168,
    badcount = 176,
    badstr = 186,
    disconn = 192,
    dblchnl = 200,
    evdisallow = 210,
    buildget = 216,
    needsfp = 224,
    ovevfail = 232,
    badmonid = 242,
    newaddr = 248,
    newconn = 259,
    nocactx = 264,
    defunct = 278,
    emptystr = 280,
    norepeater = 288,
    nochanmsg = 296,
    dlckrest = 304,
    servbehind = 312,
    nocast = 320,
    badmask = 330,
    iodone = 339,
    ioinprogress = 347,
    badsyncgrp = 354,
    putcbinprog = 362,
    nordaccess = 368,
    nowtaccess = 376,
    anachronism = 386,
    nosearchaddr = 392,
    noconvert = 400,
    badchid = 410,
    badfuncptr = 418,
    isattached = 424,
    unavailinserv = 432,
    chandestroy = 440,
    badpriority = 450,
    notthreaded = 458,
    array16k_client = 464, ///< ECA_16KARRAYCLIENT
    connseqtmo = 472,
    unresptmo = 480,
};

[[nodiscard]] constexpr bool is_success(Eca code)
{
    return (static_cast<std::uint32_t>(code) & 1u) != 0;
}

/// "ECA_GETFAIL"; empty for a value that has no name.
[[nodiscard]] std::string_view name(Eca code);
/// What it means, in our words; for any value.
[[nodiscard]] std::string_view text(Eca code);

/// What was asked for when it failed: rsrv tells a read's failure with GETFAIL and a write's with PUTFAIL.
enum class Asked : std::uint8_t { read, write };

[[nodiscard]] Eca to_eca(pv::Outcome outcome, Asked asked);
[[nodiscard]] pv::Outcome to_outcome(Eca code);
/// The outcome with text(code) as its words; no words where it is ok.
[[nodiscard]] pv::Status to_status(Eca code);

} // namespace iochron::wire::ca
