using Parquet;
using Parquet.Schema;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Parquet;

/// <content>Labels and what they count.</content>
sealed partial class ParquetStream
{
    // The labels of all row groups, so that the classes are known before the first image is read.
    async Task<ClassLabels?> ReadLabels()
    {
        DataField field = head.Label!;
        string place = $"{path}, column '{Printable.Line(field.Path.ToString())}'";
        bool isText = field.ClrType == typeof(ReadOnlyMemory<char>);
        List<long?> numbers = [];
        List<string?> texts = [];
        for (int index = 0; index < head.Footer.Groups.Length; index++)
        {
            if (!isText && !IsInteger(field))
            {
                ClassLabels.LeaveOut(Noticed, place, 0, field.ClrType.Name);
                return null;
            }
            using ParquetRowGroupReader group = head.Reader.OpenRowGroupReader(index);
            Admit(field, head.Footer.Groups[index]);
            if (isText)
            {
                texts.AddRange(await Text(group, field, path));
            }
            else
            {
                numbers.AddRange(await Integers(group, field, path));
            }
        }
        if (isText)
        {
            return ClassLabels.OfColumn(texts, place, Noticed);
        }
        ClassLabels? known = ClassLabels.Of(numbers, place, Noticed);
        return known is not null && FeatureNames.Of(head.Footer.Features, field.Path.ToString()) is string[] names
            && names.Length >= known.Classes.Count ? new(new(names.Length, names), known.Labels) : known;
    }

    static bool IsInteger(DataField field) => Type.GetTypeCode(field.ClrType) is TypeCode.Int64 or TypeCode.Int32 or TypeCode.Int16
        or TypeCode.SByte or TypeCode.Byte;

    static DataField? FindLabel(ParquetSchema schema, ParquetFooter footer) =>
        Find(schema, "label")
        ?? schema.DataFields.FirstOrDefault(field => FeatureNames.Of(footer.Features, field.Path.ToString()) is not null);
}
