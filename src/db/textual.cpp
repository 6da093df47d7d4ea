#include "db/textual.h"

#include "db/record_fields.h"
#include "pv/convert.h"

namespace iochron::db {

void TextRecord::store(std::string_view fresh)
{
    std::memset(val, 0, sizeof val);
    std::memcpy(val, fresh.data(), std::min(fresh.size(), sizeof val - 1));
}

void TextRecord::init_from(Core& core, LinkId link)
{
    const pv::Value constant = core.constant(link, pv::ScalarType::string);
    if (!constant.empty()) {
        store(constant.text());
        set(flag_udf, false);
    }
    begin();
}

bool TextRecord::read(Cycle& cycle, LinkId link)
{
    const pv::Value fresh = cycle.core().read_link_as(*this, link, pv::ScalarType::string);
    if (fresh.empty()) {
        return false;
    }
    store(fresh.text());
    set(flag_udf, false);
    return true;
}

void TextRecord::post_changes(Cycle& cycle)
{
    constexpr std::uint8_t always = 1;
    pv::Mask mask = cycle.reset_alarms();
    if (std::memcmp(oval, val, sizeof val) != 0) {
        mask |= pv::Mask::value | pv::Mask::log;
        begin();
    }
    mask |= mpst == always ? pv::Mask::value : pv::Mask::none;
    mask |= apst == always ? pv::Mask::log : pv::Mask::none;
    if (any(mask)) {
        cycle.post(common_fields, mask);
    }
}

std::vector<Field> text_table(std::string_view prompt)
{
    using R = TextRecord;
    return {
        hot_text<&R::val>("VAL", prompt, pp | asl0),
        hot_text<&R::oval>("OVAL", "Previous Value", nomod | hidden),
        menu<&R::mpst>("MPST", menu_post, "Post Value Monitors"),
        menu<&R::apst>("APST", menu_post, "Post Archive Monitors"),
    };
}

pv::Status accept_text(Core&, Record& record, const pv::Value& value)
{
    TextRecord& text = static_cast<TextRecord&>(record);
    if (value.is_array() && element_bytes(value.type()) == 1) {
        text.store(pv::text_of_characters(value));
    } else {
        const auto converted = pv::convert_to_scalar(value, pv::ScalarType::string, nullptr);
        if (!converted) {
            return converted.error();
        }
        text.store(converted->text());
    }
    text.set(flag_udf, false);
    return {};
}

} // namespace iochron::db
