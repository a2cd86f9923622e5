package org.rackweave.protocol.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CommandCodec;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;

/**
 * The listening side of the unicast channel: takes commands from whoever proves to be of this rack, hands them to a
 * {@link CommandHandler}, and sends its answers.
 */
public final class UnicastServer implements AutoCloseable {
    private final CoapEndpoint endpoint;
    private final DTLSConnector connector;
    private final CommandDeliverer deliverer;
    private final ScheduledThreadPoolExecutor executor;
    private final UnicastCounters counters;

    /** Paths that changed and whose observers are not told yet: many changes in a row are one. */
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    private UnicastServer(
            CoapEndpoint endpoint,
            DTLSConnector connector,
            CommandDeliverer deliverer,
            ScheduledThreadPoolExecutor executor,
            UnicastCounters counters) {
        this.endpoint = endpoint;
        this.connector = connector;
        this.deliverer = deliverer;
        this.executor = executor;
        this.counters = counters;
    }

    /**
     * Starts to listen.
     *
     * @param identity who this is; its trust judges peers
     * @param listen where; port 0 takes a free one, which {@link #port()} then tells
     * @param handler carries commands out
     * @param limits what may be spent
     * @param now judges certificates; a card without a clock gives the last time that it knows of
     * @throws IOException when the address is not there or the port is in use; the message says which
     */
    public static UnicastServer open(
            Identity identity, InetSocketAddress listen, CommandHandler handler, ServerLimits limits, InstantSource now)
            throws IOException {
        Configuration settings = DtlsSettings.server(limits);
        UnicastCounters counters = new UnicastCounters();
        DTLSConnector connector = DtlsSettings.connector(settings, identity, listen, now, counters);
        ScheduledThreadPoolExecutor executor = CoapThread.start("rackweave-coap-server");
        CommandDeliverer deliverer = new CommandDeliverer(settings, handler, limits, now, executor, counters);
        CoapEndpoint endpoint = DtlsSettings.endpoint(settings, connector);
        endpoint.setExecutors(executor, executor);
        endpoint.setMessageDeliverer(deliverer);
        try {
            endpoint.start();
        } catch (IOException e) {
            endpoint.destroy();
            CoapThread.stop(executor);
            throw new IOException("cannot listen at " + listen + " (UDP): " + e.getMessage(), e);
        }
        return new UnicastServer(endpoint, connector, deliverer, executor, counters);
    }

    /** The port that it listens at. */
    public int port() {
        return endpoint.getAddress().getPort();
    }

    public UnicastCounters counters() {
        return counters;
    }

    /** Something of this lease changed: its observers are told. From any thread; never blocks. */
    public void leaseChanged(LeaseId lease) {
        tell(new Command.ReadLease(lease));
    }

    /** Something of this loan changed: its observers are told. From any thread; never blocks. */
    public void loanChanged(LoanId loan) {
        tell(new Command.ReadLoan(loan));
    }

    /** There are new events: observers are told those that they were not told yet. From any thread; never blocks. */
    public void eventsChanged() {
        tell(new Command.ReadEvents(0));
    }

    /** Something of what was asked for a VM changed: its observers are told. From any thread; never blocks. */
    public void askChanged(AskId ask) {
        tell(new Command.ReadAsk(ask));
    }

    /** The orders for the host's agent changed: it is told. From any thread; never blocks. */
    public void ordersChanged() {
        tell(new Command.ReadOrders());
    }

    private void tell(Command read) {
        List<String> segments = CommandCodec.encode(read).path();
        String path = String.join("/", segments);
        if (!deliverer.mayBeObserved(path) || !changed.add(path)) {
            return;
        }
        try {
            executor.execute(CoapThread.loud(() -> {
                changed.remove(path);
                deliverer.changed(path);
            }));
        } catch (RejectedExecutionException e) {
            changed.remove(path); // The server closes; its observers will notice.
        }
    }

    /** Ends every session of this node, as after its revocation. A new handshake is judged anew. */
    public void drop(NodeId peer) {
        DtlsSettings.drop(connector, peer);
    }

    /** Stops listening, forgets all sessions, and waits for its threads to end. */
    @Override
    public void close() {
        endpoint.destroy();
        CoapThread.stop(executor);
    }
}
