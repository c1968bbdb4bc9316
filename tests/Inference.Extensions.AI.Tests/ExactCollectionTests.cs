using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Toolchain.Inference.Extensions.AI.Tests;

public sealed class ExactCollectionTests
{
    readonly ExactCollection<string, Item> store = new("items", item => item.Name, item => item.Vector);

    [Fact]
    public async Task Search_ByHand_NearestFirstWithCosines()
    {
        await Fill();
        Assert.Equal([("east", 0.8f), ("north", 0.6f), ("west", -0.8f)], await Near(new float[] { 4, 3 }, 3));
        Assert.Equal([("east", 0.8f)], await Near(new ReadOnlyMemory<float>([4, 3]), 1));
        Assert.Equal([("east", 0.8f)], await Near(new Embedding<float>(new float[] { 4, 3 }), 1));
        Assert.Equal(3, (await Near(new float[] { 4, 3 }, 100)).Length);
    }

    [Fact]
    public async Task Search_WithOptions_FiltersSkipsAndStops()
    {
        await Fill();
        Assert.Equal([("north", 0.6f), ("west", -0.8f)], await Near(new float[] { 4, 3 }, 3,
            new() { Filter = item => item.Name != "east" }));
        Assert.Equal([("north", 0.6f)], await Near(new float[] { 4, 3 }, 1, new() { Skip = 1 }));
        Assert.Equal([("east", 0.8f), ("north", 0.6f)], await Near(new float[] { 4, 3 }, 3, new() { ScoreThreshold = 0.5 }));
        Assert.Empty(await Near(new float[] { 4, 3 }, 3, new() { Filter = item => item.Name == "up" }));
    }

    [Fact]
    public async Task Search_AfterEachChange_SeesIt()
    {
        Assert.Empty(await Near(new float[] { 1, 0, 0 }, 3)); // nothing yet: vectors may have any length
        await Fill();
        await store.DeleteAsync("east");
        await store.UpsertAsync(new Item("west", new float[] { 4, 3 }));
        Assert.Equal([("west", 1f), ("north", 0.6f)], await Near(new float[] { 4, 3 }, 3));
        await store.EnsureCollectionDeletedAsync();
        Assert.Null(await store.GetAsync("west"));
        Assert.Empty(await Near(new float[] { 4, 3 }, 3));
    }

    [Fact]
    public async Task Get_ByKeyAndByFilter_GivesTheRecords()
    {
        await Fill();
        Item? east = await store.GetAsync("east");
        Assert.Equal([2f, 0], east!.Vector.ToArray());
        Assert.Null(await store.GetAsync("up"));
        Assert.Equal(["west", "north"], await Names(item => item.Vector.Length == 2, 2,
            new() { OrderBy = by => by.Descending(item => item.Name) }));
        Assert.Equal(["east"], await Names(item => item.Name != "west", 5,
            new() { Skip = 1, OrderBy = by => by.Descending(item => item.Name) }));

        async Task<string[]> Names(System.Linq.Expressions.Expression<Func<Item, bool>> filter, int top,
            FilteredRecordRetrievalOptions<Item> options) =>
            await store.GetAsync(filter, top, options).Select(item => item.Name).ToArrayAsync();
    }

    [Fact]
    public async Task Vectors_OfOtherLengths_AreRefusedAndNothingIsAdded()
    {
        await Fill();
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => store.UpsertAsync([new Item("up", new float[] { 0, 1 }), new Item("down", new float[] { 0, 0, 1 })]));
        Assert.StartsWith("collection 'items': expected a vector of 2 numbers, found 3.", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.GetAsync("up"));
        error = await Assert.ThrowsAsync<ArgumentException>(() => Near(new float[] { 1 }, 1));
        Assert.StartsWith("collection 'items': expected a vector of 2 numbers, found 1.", error.Message, StringComparison.Ordinal);
        NotSupportedException other = await Assert.ThrowsAsync<NotSupportedException>(() => Near("a seven", 1));
        Assert.Equal("collection 'items': expected a vector of float, found System.String; embed it first.", other.Message);
        await Assert.ThrowsAsync<ArgumentException>(
            () => new ExactCollection<string, Item>("empty", item => item.Name, item =>
                item.Vector).UpsertAsync(new Item("none", default)));
    }

    Task Fill() => store.UpsertAsync([new("east", new float[] { 2, 0 }), new("north", new float[] { 0, 1 }),
        new("west", new float[] { -3, 0 })]);

    async Task<(string, float)[]> Near<T>(T vector, int top, VectorSearchOptions<Item>? options = null) where T : notnull =>
        await store.SearchAsync(vector, top, options).Select(found =>
            (found.Record.Name, MathF.Round((float)found.Score!.Value, 4))).ToArrayAsync();

    sealed record Item(string Name, ReadOnlyMemory<float> Vector);
}
