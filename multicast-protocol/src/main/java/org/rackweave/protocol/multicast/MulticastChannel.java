package org.rackweave.protocol.multicast;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The multicast sockets of one node: one per configured interface, and one thread that reads them all.
 *
 * <p>An interface that is missing, down or renumbered does not end the channel: it is looked for again every two
 * seconds, by its name.
 */
public final class MulticastChannel implements AutoCloseable {
    private final MulticastSettings settings;
    private final Receiver receiver;
    private final DatagramCounters counters;
    private final Selector selector;
    private final Map<String, Link> links = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closing;

    /** Takes what arrives. Called by the channel's one thread: it must not wait. */
    @FunctionalInterface
    public interface Receiver {
        /**
         * One datagram.
         *
         * @param datagram its bytes; one byte more than the limit stands for all that are longer. The receiver may
         *     keep it.
         * @param source where it says it came from
         */
        void received(byte[] datagram, InetAddress source);
    }

    private MulticastChannel(
            MulticastSettings settings, Receiver receiver, DatagramCounters counters, Selector selector) {
        this.settings = settings;
        this.receiver = receiver;
        this.counters = counters;
        this.selector = selector;
        this.thread = new Thread(this::run, "rackweave-multicast");
        this.thread.setDaemon(true);
    }

    /**
     * Opens a socket on each interface that can multicast now, and starts to read.
     *
     * @throws NoMulticastException when there is no such interface
     */
    public static MulticastChannel open(MulticastSettings settings, Receiver receiver, DatagramCounters counters)
            throws NoMulticastException {
        Selector selector = openSelector();
        MulticastChannel channel = new MulticastChannel(settings, receiver, counters, selector);
        List<String> problems = channel.openMissingLinks();
        if (channel.links.isEmpty()) {
            channel.closeSockets();
            throw new NoMulticastException(problems);
        }
        channel.thread.start();
        return channel;
    }

    /** The names of the interfaces that are in use now. */
    public List<String> interfaces() {
        return links.keySet().stream().sorted().toList();
    }

    /**
     * Sends the datagram once on every interface that is in use. Never waits: what the kernel does not take at once is
     * dropped and counted, as the network might have done.
     */
    public void send(byte[] datagram) {
        for (Link link : links.values()) {
            try {
                counters.count(link.send(datagram) ? DatagramCounter.SENT : DatagramCounter.SEND_DROPPED);
            } catch (IOException e) {
                // The interface went away or down: found at the next check.
                counters.count(DatagramCounter.SEND_FAILED);
            }
        }
    }

    /** Stops reading and closes the sockets. Afterwards nothing is received, and no thread or descriptor is left. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive() && !Thread.currentThread().equals(thread)) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the thread --------------------------------------------------------------------

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(ProtocolLimits.MAX_DATAGRAM_BYTES + 1);
        long checkedNanos = System.nanoTime();
        try {
            while (!closing) {
                selector.select(key -> readSome(key, buffer), ProtocolLimits.INTERFACE_CHECK_MILLIS);
                long sinceNanos = System.nanoTime() - checkedNanos;
                if (sinceNanos >= TimeUnit.MILLISECONDS.toNanos(ProtocolLimits.INTERFACE_CHECK_MILLIS)) {
                    checkedNanos = System.nanoTime();
                    closeStaleLinks();
                    openMissingLinks();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the multicast sockets can no longer be waited for", e);
        } finally {
            closeSockets();
        }
    }

    private void readSome(SelectionKey key, ByteBuffer buffer) {
        Link link = (Link) key.attachment();
        try {
            for (int i = 0; i < ProtocolLimits.MAX_DATAGRAMS_PER_TURN && !closing; i++) {
                Optional<InetAddress> source = link.receive(buffer);
                if (source.isEmpty()) {
                    return;
                }
                buffer.flip();
                byte[] datagram = new byte[buffer.remaining()];
                buffer.get(datagram);
                receiver.received(datagram, source.get());
            }
        } catch (IOException | CancelledKeyException e) {
            counters.count(DatagramCounter.RECEIVE_FAILED);
            key.cancel();
            closeLink(link);
        }
    }

    private void closeStaleLinks() throws IOException {
        for (Link link : links.values()) {
            if (!link.isCurrent(settings)) {
                closeLink(link);
            }
        }
        // A cancelled socket is only closed by the kernel once the selector has let go of it.
        selector.selectNow();
    }

    private List<String> openMissingLinks() {
        List<String> problems = new ArrayList<>();
        for (String name : settings.interfaces()) {
            if (!links.containsKey(name)) {
                openLink(name).ifPresent(problems::add);
            }
        }
        return problems;
    }

    private Optional<String> openLink(String name) {
        try {
            Link link = Link.open(name, settings);
            link.register(selector);
            links.put(name, link);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(name + ": " + e.getMessage());
        }
    }

    private void closeLink(Link link) {
        links.values().remove(link);
        try {
            link.close();
        } catch (IOException e) {
            // Nothing depends on it any more; the descriptor is gone either way.
            counters.count(DatagramCounter.RECEIVE_FAILED);
        }
    }

    private void closeSockets() {
        List.copyOf(links.values()).forEach(this::closeLink);
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a selector did not close", e);
        }
    }

    private static Selector openSelector() {
        try {
            return Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("no descriptors are left: raise the limit of open files", e);
        }
    }
}
