#include "client/ca/values.h"

#include <fmt/format.h>

#include <cstring>

namespace iochron::client::ca {

using wire::ca::Dbr;

pv::Meta basic_meta(Dbr native, std::uint32_t most)
{
    pv::Meta meta;
    meta.type = scalar_type(native);
    meta.is_array = most != 1;
    meta.max_count = most;
    return meta;
}

std::expected<Written, pv::Status> form_written(const pv::Value& value, Dbr native, std::uint32_t most)
{
    const auto type = wire::ca::dbr_of(value.type());
    if (!type) {
        return std::unexpected(pv::Status{pv::Outcome::bad_type, "Channel Access has no such type"});
    }
    Written written{*type, value};
    if (*type == Dbr::string && native == Dbr::char_ && most != 1 && !value.is_array()) {
        const std::string_view text = value.text();
        pv::BufferRef letters = pv::BufferRef::make(text.size() + 1);
        std::memcpy(letters->fill(), text.data(), text.size());
        letters->fill()[text.size()] = std::byte{0};
        written = {Dbr::char_, pv::Value::array(pv::ScalarType::uint8, std::move(letters), text.size() + 1)};
    }
    if (written.value.count() > most) {
        return std::unexpected(pv::Status{pv::Outcome::bad_count,
                                          fmt::format("{} elements do not fit into {}", written.value.count(), most)});
    }
    return written;
}

} // namespace iochron::client::ca
