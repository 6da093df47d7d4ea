#include "wire/pva/status.h"

#include "wire/pva/size.h"

namespace iochron::wire::pva {
namespace {

constexpr std::uint8_t ok_without_words = 0xFF;

}

void write(Encoder& encoder, const Status& status)
{
    if (status == Status{}) {
        encoder.u8(ok_without_words);
        return;
    }
    encoder.u8(static_cast<std::uint8_t>(status.kind));
    encoder.text(status.message);
    encoder.text(status.trace);
}

Status read_status(base::Reader& reader)
{
    const std::uint8_t kind = reader.u8();
    if (kind == ok_without_words) {
        return {};
    }
    if (kind > static_cast<std::uint8_t>(Status::Kind::fatal)) {
        reader.fail("a status of an unknown kind");
        return {.kind = Status::Kind::fatal, .message = {}, .trace = {}};
    }
    const std::string message(read_text(reader));
    return {static_cast<Status::Kind>(kind), message, std::string(read_text(reader))};
}

Status to_status(const pv::Status& status)
{
    if (status.ok()) {
        return {status.text.empty() ? Status::Kind::ok : Status::Kind::warning, status.text, {}};
    }
    return {Status::Kind::error, status.text.empty() ? std::string(to_string(status.outcome)) : status.text, {}};
}

pv::Status to_pv_status(const Status& status, pv::Outcome failure)
{
    return status.success() ? pv::Status{pv::Outcome::ok, status.message} : pv::Status{failure, status.message};
}

} // namespace iochron::wire::pva
