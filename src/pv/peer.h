#pragma once

#include <string>
#include <vector>

namespace iochron::pv {

/// Who asks: what access security judges and the logs name. On CA account and host are the client's own claims.
struct Peer {
    std::string method;             ///< "ca", "anonymous", "x509", "local"
    std::string account;            ///< user name; empty where none was given
    std::string host;               ///< host name as claimed, else the address
    std::string address;            ///< "10.0.0.7:41234": what the connection really is
    std::vector<std::string> roles; ///< groups of the account, where known
};

} // namespace iochron::pv
