#include "ioc/field_texts.h"

#include <fmt/format.h>

namespace iochron::ioc {
namespace {

/// Collects what was set.
class Texts {
  public:
    Texts& text(std::string_view field, std::string_view value)
    {
        if (!value.empty()) {
            texts_.emplace_back(field, value);
        }
        return *this;
    }
    template <class T>
    Texts& number(std::string_view field, const std::optional<T>& value)
    {
        if (value) {
            texts_.emplace_back(field, fmt::format("{}", *value));
        }
        return *this;
    }
    Texts& flag(std::string_view field, const std::optional<bool>& value)
    {
        return value ? text(field, *value ? "1" : "0") : *this;
    }
    Texts& severity(std::string_view field, const std::optional<pv::Severity>& value)
    {
        return value ? text(field, pv::severity_names[static_cast<std::size_t>(*value)]) : *this;
    }
    /// Last, so that it can overrule the others.
    FieldTexts more(const MoreFields& fields)
    {
        texts_.insert(texts_.end(), fields.begin(), fields.end());
        return std::move(texts_);
    }

  private:
    FieldTexts texts_;
};

/// What a number has, be it read or written.
template <class Fields>
Texts number_texts(const Fields& f)
{
    Texts texts;
    texts.text("DESC", f.desc).text("EGU", f.egu).number("PREC", f.prec).number("HOPR", f.hopr).number("LOPR", f.lopr);
    texts.number("HIHI", f.hihi).number("HIGH", f.high).number("LOW", f.low).number("LOLO", f.lolo);
    texts.severity("HHSV", f.hhsv).severity("HSV", f.hsv).severity("LSV", f.lsv).severity("LLSV", f.llsv);
    texts.number("VAL", f.val);
    return texts;
}

template <class T>
FieldTexts input_texts(const InputFields<T>& f)
{
    Texts texts = number_texts(f);
    texts.number("MDEL", f.mdel).number("ADEL", f.adel).number("HYST", f.hyst).text("SCAN", f.scan);
    return texts.more(f.more);
}

template <class T>
FieldTexts output_texts(const OutputFields<T>& f)
{
    Texts texts = number_texts(f);
    texts.number("DRVH", f.drvh).number("DRVL", f.drvl);
    return texts.more(f.more);
}

template <class Fields>
Texts binary_texts(const Fields& f)
{
    Texts texts;
    texts.text("DESC", f.desc).text("ZNAM", f.znam).text("ONAM", f.onam);
    texts.severity("ZSV", f.zsv).severity("OSV", f.osv).severity("COSV", f.cosv).flag("VAL", f.val);
    return texts;
}

} // namespace

FieldTexts field_texts(const AiFields& fields)
{
    return input_texts(fields);
}

FieldTexts field_texts(const LonginFields& fields)
{
    return input_texts(fields);
}

FieldTexts field_texts(const AoFields& fields)
{
    return output_texts(fields);
}

FieldTexts field_texts(const LongoutFields& fields)
{
    return output_texts(fields);
}

FieldTexts field_texts(const BiFields& fields)
{
    return binary_texts(fields).text("SCAN", fields.scan).more(fields.more);
}

FieldTexts field_texts(const BoFields& fields)
{
    return binary_texts(fields).more(fields.more);
}

FieldTexts field_texts(const StringinFields& fields)
{
    return Texts{}
        .text("DESC", fields.desc)
        .text("VAL", fields.val.value_or(""))
        .text("SCAN", fields.scan)
        .more(fields.more);
}

FieldTexts field_texts(const WaveformFields& fields)
{
    Texts texts;
    texts.text("DESC", fields.desc).text("EGU", fields.egu).text("FTVL", fields.ftvl);
    texts.number("NELM", std::optional(fields.nelm)).number("PREC", fields.prec).text("SCAN", fields.scan);
    return texts.more(fields.more);
}

FieldTexts field_texts(const CalcFields& fields)
{
    Texts texts;
    texts.text("CALC", fields.calc).text("SCAN", fields.scan).text("DESC", fields.desc).text("EGU", fields.egu);
    texts.number("PREC", fields.prec);
    for (std::size_t i = 0; i < fields.inp.size(); ++i) {
        texts.text(fmt::format("INP{}", static_cast<char>('A' + i)), fields.inp[i]);
    }
    return texts.more(fields.more);
}

} // namespace iochron::ioc
