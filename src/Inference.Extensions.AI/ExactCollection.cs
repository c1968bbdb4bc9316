using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Inference.Extensions.AI;

/// <summary>
/// A vector store's collection in memory that is searched exactly, by cosine similarity: for tests, and for up to some 100,000 pictures.
/// Safe for any number of threads; what is enumerated is the collection at the call.
/// </summary>
/// <typeparam name="TKey">Keys.</typeparam>
/// <typeparam name="TRecord">Records; they are kept as they are, not copied.</typeparam>
/// <param name="name">Name of the collection.</param>
/// <param name="key">A record's key.</param>
/// <param name="vector">A record's vector: of one length in all records, at least 1.</param>
public sealed class ExactCollection<TKey, TRecord>(string name, Func<TRecord, TKey> key, Func<TRecord, ReadOnlyMemory<float>> vector)
    : VectorStoreCollection<TKey, TRecord> where TKey : notnull where TRecord : class
{
    readonly Dictionary<TKey, TRecord> records = [];
    readonly Lock guard = new();
    (TRecord[] Records, Rows Vectors)? searched; // null where records changed since the last search

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    /// <inheritdoc/>
    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Removes every record.</summary>
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) => Change(records.Clear);

    /// <inheritdoc/>
    public override Task<TRecord?> GetAsync(TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        lock (guard)
        {
            return Task.FromResult(records.GetValueOrDefault(key));
        }
    }

    /// <summary>
    /// Up to <paramref name="top"/> records that pass <paramref name="filter"/>, in the order asked for, by default the order of adding.
    /// </summary>
    public override IAsyncEnumerable<TRecord> GetAsync(Expression<Func<TRecord, bool>> filter, int top,
        FilteredRecordRetrievalOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        IEnumerable<TRecord> passed = Records().Where(filter.Compile());
        IOrderedEnumerable<TRecord>? sorted = null;
        foreach (var by in options.OrderBy?.Invoke(new()).Values ?? [])
        {
            Func<TRecord, object?> selector = by.PropertySelector.Compile();
            sorted = (sorted, by.Ascending) switch
            {
                (null, true) => passed.OrderBy(selector),
                (null, false) => passed.OrderByDescending(selector),
                (_, true) => sorted.ThenBy(selector),
                (_, false) => sorted.ThenByDescending(selector),
            };
        }
        return (sorted ?? passed).Skip(options.Skip).Take(top).ToAsyncEnumerable();
    }

    /// <inheritdoc/>
    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default) => Change(() => records.Remove(key));

    /// <inheritdoc/>
    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default) =>
        UpsertAsync([record], cancellationToken);

    /// <summary>Adds records; one of the same key is replaced. All are added, or none where an error is thrown.</summary>
    /// <exception cref="ArgumentException">A vector is empty, or not as long as the others.</exception>
    public override Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        TRecord[] added = [.. records];
        return Change(() =>
        {
            int length = this.records.Values.Concat(added).Select(record => vector(record).Length).FirstOrDefault();
            foreach (TRecord record in added)
            {
                RequireLength(vector(record), Math.Max(1, length), nameof(records));
            }
            Array.ForEach(added, record => this.records[key(record)] = record);
        });
    }

    /// <summary>
    /// The <paramref name="top"/> records nearest to <paramref name="searchValue"/>, nearest first; the score is the cosine similarity, in
    /// [-1..1]. The options' filter, skip and lowest score are obeyed; records carry their vectors either way.
    /// </summary>
    /// <param name="searchValue">A vector as <c>ReadOnlyMemory&lt;float&gt;</c>, <c>float[]</c> or <c>Embedding&lt;float&gt;</c>.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="options">Filter, skip, lowest score.</param>
    /// <param name="cancellationToken">Stops the enumeration.</param>
    /// <exception cref="ArgumentException">The vector has another length than those of the records.</exception>
    /// <exception cref="NotSupportedException">The value is no vector.</exception>
    public override async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(TInput searchValue, int top,
        VectorSearchOptions<TRecord>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        options ??= new();
        ReadOnlyMemory<float> query = searchValue switch
        {
            ReadOnlyMemory<float> values => values,
            float[] values => values,
            Embedding<float> embedding => embedding.Vector,
            _ => throw new NotSupportedException(
                $"collection '{name}': expected a vector of float, found {typeof(TInput)}; embed it first."),
        };
        (TRecord[] found, Rows vectors) = Searched(options.Filter);
        if (found.Length == 0)
        {
            yield break;
        }
        RequireLength(query, vectors.Width, nameof(searchValue));
        NeighbourTable near = NeighbourSearch.Cosine(new Rows(query, query.Length), vectors, Math.Min(found.Length, top + options.Skip));
        for (int i = options.Skip; i < near.Indices.Length && !(near.Values[i] < options.ScoreThreshold); i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new(found[near.Indices[i]], near.Values[i]);
        }
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    Task Change(Action change)
    {
        lock (guard)
        {
            change();
            searched = null;
        }
        return Task.CompletedTask;
    }

    TRecord[] Records()
    {
        lock (guard)
        {
            return [.. records.Values];
        }
    }

    (TRecord[] Records, Rows Vectors) Searched(Expression<Func<TRecord, bool>>? filter)
    {
        if (filter is not null)
        {
            return Packed([.. Records().Where(filter.Compile())]);
        }
        lock (guard)
        {
            return searched ??= Packed([.. records.Values]);
        }
    }

    (TRecord[] Records, Rows Vectors) Packed(TRecord[] found)
    {
        int width = found.Length > 0 ? vector(found[0]).Length : 1;
        var values = new float[found.Length * width];
        for (int i = 0; i < found.Length; i++)
        {
            vector(found[i]).CopyTo(values.AsMemory(i * width));
        }
        return (found, new Rows(values, width));
    }

    void RequireLength(ReadOnlyMemory<float> found, int length, string parameter)
    {
        if (found.Length != length)
        {
            throw new ArgumentException($"collection '{name}': expected a vector of {length} numbers, found {found.Length}.", parameter);
        }
    }
}
