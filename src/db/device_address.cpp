#include "db/device_address.h"

#include <algorithm>
#include <cctype>

namespace iochron::db {

std::string device_address(const Core& core, const Record& record)
{
    const RecordType& type = core.type(record);
    const Field& field = *type.find(type.output ? "OUT" : "INP");
    const std::string text = core.link_text(field.get_link(core, record, field));
    return text.starts_with('@') ? text.substr(1) : text;
}

bool is_address(std::string_view address, std::string_view word)
{
    return std::ranges::equal(address, word, [](char a, char b) {
        return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
    });
}

void refuse_address(Core& core, Record& record, std::string_view address)
{
    core.with.log.error("db.device", "{}: the device kind \"{}\" has no address \"{}\"; the record will not process",
                        core.name(record), core.device(record).name, address);
    record.set(flag_pact);
}

} // namespace iochron::db
