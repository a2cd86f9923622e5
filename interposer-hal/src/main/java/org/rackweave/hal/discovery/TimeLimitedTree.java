package org.rackweave.hal.discovery;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.rackweave.hal.inventory.DiscoveryProblem;

/**
 * A tree whose files are waited for so long and no longer. Only the content of a file comes from a driver, which may ask its
 * device; names and links are the kernel's own. For one thread.
 *
 * <p>A thread that hangs in the kernel cannot be called back. It is left there, its file is not asked for again before it comes back, and once
 * {@link DiscoveryLimits#MOST_HANGING} are left nothing is.
 */
final class TimeLimitedTree implements HostTree, AutoCloseable {
    private final HostTree tree;
    private final Duration limit;
    private final ExecutorService readers = Executors.newCachedThreadPool(TimeLimitedTree::reader);
    private final Map<TreePath, Future<?>> hanging = new HashMap<>();

    TimeLimitedTree(HostTree tree, Duration limit) {
        this.tree = tree;
        this.limit = limit;
    }

    private static Thread reader(Runnable task) {
        Thread thread = new Thread(task, "attributes");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Answer<byte[]> content(TreePath file) {
        hanging.values().removeIf(Future::isDone);
        if (hanging.containsKey(file)) {
            return unreadable("an earlier reading has not come back yet");
        }
        if (hanging.size() >= DiscoveryLimits.MOST_HANGING) {
            return unreadable("not asked for, as " + hanging.size() + " other files have not answered: look at the"
                    + " kernel's log");
        }
        Future<Answer<byte[]>> reading = readers.submit(() -> tree.content(file));
        try {
            return reading.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException hangs) {
            hanging.put(file, reading);
            return unreadable("not answered within " + limit.toMillis() + " ms: its device or driver hangs");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return unreadable("the reader was told to stop");
        } catch (ExecutionException bug) {
            throw new IllegalStateException("reading " + file.value(), bug.getCause());
        }
    }

    private static Answer<byte[]> unreadable(String reason) {
        return new Answer.Refused<>(DiscoveryProblem.Kind.UNREADABLE, reason);
    }

    @Override
    public Answer<EntryKind> kind(TreePath path) {
        return tree.kind(path);
    }

    @Override
    public Answer<String> target(TreePath link) {
        return tree.target(link);
    }

    @Override
    public Answer<List<String>> names(TreePath folder, Predicate<String> wanted) {
        return tree.names(folder, wanted);
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
