#include "server/ca/update_encoder.h"

#include "base/writer.h"
#include "wire/ca/header.h"
#include "wire/ca/text.h"

namespace iochron::server::ca {
namespace {

using wire::ca::Dbr;
using wire::ca::Eca;
using wire::ca::Family;

} // namespace

EncodedUpdate UpdateEncoder::encode(const wire::ca::ValueMessage& message, const pv::Sample& sample)
{
    if (!wire::ca::has_text_rules(message.type, sample)) {
        return encode_value_of(message, sample);
    }
    const auto text = wire::ca::text_by_rules(message.type, message.asked, sample);
    return text ? encode_value_of(message, *text)
                : failure(message, to_eca(text.error().outcome, wire::ca::Asked::read));
}

EncodedUpdate UpdateEncoder::encode_value_of(const wire::ca::ValueMessage& message, const pv::Sample& sample)
{
    // A record has one type, however many elements it has at present.
    const std::uint32_t count =
        message.asked == 0 && message.type == Dbr::class_name ? 1 : wire::ca::answer_count(message.asked, sample.value);
    const std::uint64_t elements = std::uint64_t{count} * element_bytes(message.type);
    if (elements >= shared_bytes) {
        return share(message, count, sample);
    }
    const std::uint64_t payload = wire::ca::padded(dbr_bytes(message.type, count));
    wire::ca::Header header{.command = message.command,
                            .size = static_cast<std::uint32_t>(payload),
                            .type = static_cast<std::uint16_t>(message.type),
                            .count = count,
                            .p1 = static_cast<std::uint32_t>(Eca::normal),
                            .p2 = message.p2};
    buffer_.resize(header_bytes(header) + header.size);
    base::Writer writer(buffer_);
    wire::ca::encode(writer, header);
    const pv::Status status = encode_value(writer, message.type, count, sample);
    if (!status.ok()) {
        return failure(message, to_eca(status.outcome, wire::ca::Asked::read));
    }
    writer.zeros(writer.left());
    return {buffer_, {}};
}

EncodedUpdate UpdateEncoder::share(const wire::ca::ValueMessage& message, std::uint32_t count, const pv::Sample& sample)
{
    const Dbr elements = native(message.type);
    const bool same = kept_.native == elements && kept_.count == count && sample.value.is_array() &&
                      kept_.source.is_array() && kept_.source.count() == sample.value.count() &&
                      kept_.source.elements_owner().get() == sample.value.elements_owner().get();
    if (!same) {
        auto shared = share_elements(message.type, count, sample.value, sample.meta);
        if (!shared) {
            return failure(message, to_eca(shared.error().outcome, wire::ca::Asked::read));
        }
        kept_ = {sample.value, elements, count, std::move(*shared)};
    }
    buffer_.resize(wire::ca::head_bytes(message.type, count));
    buffer_.resize(encode_head(buffer_, message, count, sample));
    return {buffer_, {kept_.elements.bytes, kept_.elements.owner}};
}

EncodedUpdate UpdateEncoder::failure(const wire::ca::ValueMessage& message, Eca status)
{
    const bool nothing = message.asked == 0 && family(message.type) == Family::plain;
    const std::uint64_t payload = nothing ? 0 : wire::ca::padded(dbr_bytes(message.type, message.asked));
    const wire::ca::Header header{.command = message.command,
                                  .size = static_cast<std::uint32_t>(payload),
                                  .type = static_cast<std::uint16_t>(message.type),
                                  .count = message.asked,
                                  .p1 = static_cast<std::uint32_t>(status),
                                  .p2 = message.p2};
    buffer_.assign(header_bytes(header) + header.size, std::byte{0});
    base::Writer writer(buffer_);
    wire::ca::encode(writer, header);
    return {buffer_, {}};
}

} // namespace iochron::server::ca
