#include "wire/ca/eca.h"

#include <algorithm>
#include <array>

namespace iochron::wire::ca {

namespace {
struct Row {
    Eca code;
    std::string_view name;
    std::string_view text;
};

// Ordered by number.
constexpr std::array<Row, 61> rows = {{
    {Eca::normal, "ECA_NORMAL", "done"},
    {Eca::maxioc, "ECA_MAXIOC", "too many servers are connected"},
    {Eca::uknhost, "ECA_UKNHOST", "no such host"},
    {Eca::uknserv, "ECA_UKNSERV", "no such service"},
    {Eca::sock, "ECA_SOCK", "no socket could be made"},
    {Eca::conn, "ECA_CONN", "the host does not answer"},
    {Eca::allocmem, "ECA_ALLOCMEM", "out of memory"},
    {Eca::uknchan, "ECA_UKNCHAN", "no such channel"},
    {Eca::uknfield, "ECA_UKNFIELD", "no such field"},
    {Eca::tolarge, "ECA_TOLARGE", "the data exceed the size limit"},
    {Eca::timeout, "ECA_TIMEOUT", "no answer in time"},
    {Eca::nosupport, "ECA_NOSUPPORT", "not supported"},
    {Eca::strtobig, "ECA_STRTOBIG", "the text is too long"},
    {Eca::disconnchid, "ECA_DISCONNCHID", "the channel is not connected"},
    {Eca::badtype, "ECA_BADTYPE", "no such data type"},
    {Eca::chidnotfnd, "ECA_CHIDNOTFND", "the channel was not found"},
    {Eca::chidretry, "ECA_CHIDRETRY", "the channel is searched for again"},
    {Eca::internal, "ECA_INTERNAL", "an error inside Channel Access, or a request that makes no sense"},
    {Eca::dblclfail, "ECA_DBLCLFAIL", "access to the local database failed"},
    {Eca::getfail, "ECA_GETFAIL", "the read failed"},
    {Eca::putfail, "ECA_PUTFAIL", "the write failed"},
    {Eca::addfail, "ECA_ADDFAIL", "the subscription failed"},
    {Eca::badcount, "ECA_BADCOUNT", "the element count is not allowed"},
    {Eca::badstr, "ECA_BADSTR", "the text is not allowed"},
    {Eca::disconn, "ECA_DISCONN", "the server is gone"},
    {Eca::dblchnl, "ECA_DBLCHNL", "more than one server has the name"},
    {Eca::evdisallow, "ECA_EVDISALLOW", "not allowed within a callback"},
    {Eca::buildget, "ECA_BUILDGET", "the first read of the channel failed"},
    {Eca::needsfp, "ECA_NEEDSFP", "needs floating point"},
    {Eca::ovevfail, "ECA_OVEVFAIL", "an update could not be queued"},
    {Eca::badmonid, "ECA_BADMONID", "no such subscription"},
    {Eca::newaddr, "ECA_NEWADDR", "the server has a new address"},
    {Eca::newconn, "ECA_NEWCONN", "connected again"},
    {Eca::nocactx, "ECA_NOCACTX", "no client context"},
    {Eca::defunct, "ECA_DEFUNCT", "the request is obsolete, or came too early"},
    {Eca::emptystr, "ECA_EMPTYSTR", "the text is empty"},
    {Eca::norepeater, "ECA_NOREPEATER", "no repeater could be started"},
    {Eca::nochanmsg, "ECA_NOCHANMSG", "a message names no known channel"},
    {Eca::dlckrest, "ECA_DLCKREST", "the connection was made anew to end a deadlock"},
    {Eca::servbehind, "ECA_SERVBEHIND", "the server does not keep up"},
    {Eca::nocast, "ECA_NOCAST", "no interface can broadcast"},
    {Eca::badmask, "ECA_BADMASK", "the event mask is not allowed"},
    {Eca::iodone, "ECA_IODONE", "the operation has ended"},
    {Eca::ioinprogress, "ECA_IOINPROGRESS", "the operation is under way"},
    {Eca::badsyncgrp, "ECA_BADSYNCGRP", "no such group"},
    {Eca::putcbinprog, "ECA_PUTCBINPROG", "an earlier write of the channel is under way"},
    {Eca::nordaccess, "ECA_NORDACCESS", "no right to read"},
    {Eca::nowtaccess, "ECA_NOWTACCESS", "no right to write"},
    {Eca::anachronism, "ECA_ANACHRONISM", "no longer supported"},
    {Eca::nosearchaddr, "ECA_NOSEARCHADDR", "there is no address to search at"},
    {Eca::noconvert, "ECA_NOCONVERT", "the value cannot be converted"},
    {Eca::badchid, "ECA_BADCHID", "no such channel id"},
    {Eca::badfuncptr, "ECA_BADFUNCPTR", "no such function"},
    {Eca::isattached, "ECA_ISATTACHED", "the thread has a context already"},
    {Eca::unavailinserv, "ECA_UNAVAILINSERV", "the server does not offer this"},
    {Eca::chandestroy, "ECA_CHANDESTROY", "the channel was closed"},
    {Eca::badpriority, "ECA_BADPRIORITY", "the priority is not 0 to 99"},
    {Eca::notthreaded, "ECA_NOTTHREADED", "needs preemptive callbacks"},
    {Eca::array16k_client, "ECA_16KARRAYCLIENT", "the client cannot take arrays over 16 kB"},
    {Eca::connseqtmo, "ECA_CONNSEQTMO", "the connection was not made in time"},
    {Eca::unresptmo, "ECA_UNRESPTMO", "the server does not respond"},
}};

const Row* find(Eca code)
{
    const auto row = std::ranges::find(rows, code, &Row::code);
    return row == rows.end() ? nullptr : &*row;
}
} // namespace

std::string_view name(Eca code)
{
    const Row* const row = find(code);
    return row == nullptr ? std::string_view{} : row->name;
}

std::string_view text(Eca code)
{
    const Row* const row = find(code);
    return row == nullptr ? "a status code that is not known here" : row->text;
}

Eca to_eca(pv::Outcome outcome, Asked asked)
{
    const Eca failed = asked == Asked::read ? Eca::getfail : Eca::putfail;
    switch (outcome) {
    case pv::Outcome::ok:
        return Eca::normal;
    case pv::Outcome::no_such_channel:
        return Eca::badchid;
    case pv::Outcome::no_read_access:
        return Eca::nordaccess;
    case pv::Outcome::no_write_access:
        return Eca::nowtaccess;
    case pv::Outcome::bad_type:
        return Eca::badtype;
    case pv::Outcome::bad_count:
        return Eca::badcount;
    case pv::Outcome::get_failed:
        return Eca::getfail;
    case pv::Outcome::put_failed:
        return Eca::putfail;
    case pv::Outcome::disconnected:
        return Eca::disconn;
    case pv::Outcome::timed_out:
        return Eca::timeout;
    case pv::Outcome::busy:
        return Eca::putcbinprog;
    case pv::Outcome::too_large:
        return Eca::tolarge;
    case pv::Outcome::internal:
        return Eca::internal;
    case pv::Outcome::no_conversion: // as rsrv: it has no word of its own for it
    case pv::Outcome::cancelled:
    case pv::Outcome::unsupported:
        return failed;
    }
    return failed;
}

pv::Outcome to_outcome(Eca code)
{
    if (is_success(code)) {
        return pv::Outcome::ok;
    }
    switch (code) {
    case Eca::uknchan:
    case Eca::uknfield:
    case Eca::badchid:
        return pv::Outcome::no_such_channel;
    case Eca::nordaccess:
        return pv::Outcome::no_read_access;
    case Eca::nowtaccess:
        return pv::Outcome::no_write_access;
    case Eca::noconvert:
        return pv::Outcome::no_conversion;
    case Eca::badtype:
        return pv::Outcome::bad_type;
    case Eca::badcount:
        return pv::Outcome::bad_count;
    case Eca::getfail:
    case Eca::buildget:
        return pv::Outcome::get_failed;
    case Eca::putfail:
        return pv::Outcome::put_failed;
    case Eca::disconn:
    case Eca::disconnchid:
    case Eca::unresptmo:
        return pv::Outcome::disconnected;
    case Eca::chandestroy:
        return pv::Outcome::cancelled;
    case Eca::timeout:
    case Eca::connseqtmo:
        return pv::Outcome::timed_out;
    case Eca::putcbinprog:
        return pv::Outcome::busy;
    case Eca::tolarge:
    case Eca::array16k_client:
    case Eca::strtobig:
        return pv::Outcome::too_large;
    case Eca::nosupport:
    case Eca::unavailinserv:
    case Eca::anachronism:
        return pv::Outcome::unsupported;
    default:
        return pv::Outcome::internal;
    }
}

pv::Status to_status(Eca code)
{
    const pv::Outcome outcome = to_outcome(code);
    return outcome == pv::Outcome::ok ? pv::Status{} : pv::Status{outcome, std::string(text(code))};
}

} // namespace iochron::wire::ca
