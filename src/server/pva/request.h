#pragma once

#include "pv/sample.h"
#include "pv/source.h"
#include "pv/structure.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace iochron::server::pva {

/// What a pvRequest asks for: the fields wanted, and options.
struct Request {
    pv::BitSet fields; ///< that hold something, of the PV's type
    pv::Processing processing = pv::Processing::passive;
    bool block = false; ///< a put is answered when all that it caused is done
    bool pipeline = false;
    std::uint32_t queue_size = 4; ///< the window of a pipeline
    pv::Mask mask = pv::Mask::value | pv::Mask::alarm;
    std::string warning; ///< an option that makes no sense and is not followed
};

/// Reads a pvRequest for a PV of that type (pvAccess protocol, "pvRequest"; options as QSRV 2 takes them): numbers,
/// booleans and texts alike. `selection` names the member that has the fields: "field", or for PUT_GET "putField" and
/// "getField". Everything is wanted where no field is named. Errors: none of the fields named exists; a pipeline of
/// less than 2.
[[nodiscard]] std::expected<Request, std::string> read_request(const pv::Value& request, const pv::Type& type,
                                                               std::string_view selection = "field");

/// The same, shared by those that ask alike: the last answer is kept.
/// Thread: shard
class RequestReader {
  public:
    using Read = std::expected<std::shared_ptr<const Request>, std::string>;
    Read read(const pv::Value& request, const pv::TypeRef& type, std::string_view selection);

  private:
    pv::Value request_;
    pv::TypeRef type_;
    std::string selection_;
    std::shared_ptr<const Request> last_;
};

} // namespace iochron::server::pva
