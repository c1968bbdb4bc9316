using static Toolchain.Data.Parquet.ThriftType;

namespace Toolchain.Data.Parquet;

/// <summary>The structs of Parquet that lead to pages, with the fields that Parquet.Net 6 knows. Source: apache/parquet-format,
/// parquet.thrift.</summary>
static class ParquetShapes
{
    static readonly ThriftShape Empty = new(), Statistics = new ThriftShape().With(Bytes, 1, 2, 5, 6).With(Integer, 3, 4).With(Flag, 7, 8);

    static readonly ThriftShape Unit = new ThriftShape().With(1, Empty).With(2, Empty).With(3, Empty);

    static readonly ThriftShape Time = new ThriftShape().With(Flag, 1).With(2, Unit);

    static readonly ThriftShape LogicalType = new ThriftShape()
        .With(1, Empty).With(2, Empty).With(3, Empty).With(4, Empty).With(5, new ThriftShape().With(Integer, 1, 2)).With(6, Empty)
        .With(7, Time).With(8, Time).With(10, new ThriftShape().With(ThriftType.Byte, 1).With(Flag, 2)).With(11, Empty).With(12, Empty)
        .With(13, Empty).With(14, Empty).With(15, Empty).With(16, new ThriftShape().With(ThriftType.Byte, 1))
        .With(17, new ThriftShape().With(Bytes, 1)).With(18, new ThriftShape().With(Bytes, 1).With(Integer, 2));

    static readonly ThriftShape Schema = new ThriftShape().With(Integer, 1, 2, 3, 5, 6, 7, 8, 9).With(Bytes, 4).With(10, LogicalType);

    static readonly ThriftShape KeyValue = new ThriftShape().With(Bytes, 1, 2);

    static readonly ThriftShape Sorting = new ThriftShape().With(Integer, 1).With(Flag, 2, 3);

    static readonly ThriftShape Sizes = new ThriftShape().With(Integer, 1).WithList(2, Integer).WithList(3, Integer);

    static readonly ThriftShape Places = new ThriftShape().With(1, new ThriftShape().With(ThriftType.Double, 1, 2, 3, 4, 5, 6, 7, 8))
        .WithList(2, Integer);

    static readonly ThriftShape ColumnMetadata = new ThriftShape()
        .With(Integer, 1, 4, 5, 6, 7, 9, 10, 11, 14, 15).WithList(2, Integer).WithList(3, Bytes).WithList(8, Struct, KeyValue)
        .With(12, Statistics).WithList(13, Struct, new ThriftShape().With(Integer, 1, 2, 3)).With(16, Sizes).With(17, Places);

    // Encryption, field 8 here and of the file, is a struct of structs, which the empty shape refuses: it cannot be read.
    static readonly ThriftShape Chunk = new ThriftShape().With(Bytes, 1, 9).With(Integer, 2, 4, 5, 6, 7).With(3, ColumnMetadata)
        .With(8, Empty);

    static readonly ThriftShape RowGroup = new ThriftShape().WithList(1, Struct, Chunk).With(Integer, 2, 3, 5, 6, 7)
        .WithList(4, Struct, Sorting);

    /// <summary>The footer: schema (2), rows (3), row groups (4).</summary>
    public static readonly ThriftShape File = new ThriftShape()
        .With(Integer, 1, 3).WithList(2, Struct, Schema).WithList(4, Struct, RowGroup).WithList(5, Struct, KeyValue).With(Bytes, 6, 9)
        .WithList(7, Struct, new ThriftShape().With(1, Empty)).With(8, Empty);

    /// <summary>A page's header: type (1), sizes unpacked (2) and packed (3), and a header for each type: data (5), dictionary (7), data of
    /// version 2 (8).</summary>
    public static readonly ThriftShape Page = new ThriftShape()
        .With(Integer, 1, 2, 3, 4).With(5, new ThriftShape().With(Integer, 1, 2, 3, 4).With(5, Statistics)).With(6, Empty)
        .With(7, new ThriftShape().With(Integer, 1, 2).With(Flag, 3))
        .With(8, new ThriftShape().With(Integer, 1, 2, 3, 4, 5, 6).With(Flag, 7).With(8, Statistics));
}
