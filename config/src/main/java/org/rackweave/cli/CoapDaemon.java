package org.rackweave.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.protocol.coap.Peer;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.coap.UnicastCounter;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.RefusalCode;

/** A daemon by CoAP over DTLS. The only class of the command line that knows the network: loading it takes long. */
final class CoapDaemon implements Daemon {
    /** The client keeps the time itself; this is for a client that does not. */
    private static final long MARGIN_MILLIS = 2_000;

    private final Peer peer;
    private final UnicastClient client;

    private CoapDaemon(Peer peer, UnicastClient client) {
        this.peer = peer;
        this.client = client;
    }

    static Daemon open(DaemonAddress address, Path identityDir) throws CommandFailed {
        InstantSource clock = InstantSource.system();
        try {
            Peer peer = new Peer(resolved(address), address.expected());
            return new CoapDaemon(peer, UnicastClient.open(Identity.load(identityDir, clock.instant()), clock));
        } catch (IdentityException e) {
            throw CaCommand.failed(e);
        } catch (IOException e) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    String.valueOf(e.getMessage()),
                    "see whether this machine has a network and a free port");
        }
    }

    @Override
    public Answer ask(Command command, long timeoutMillis) throws CommandFailed {
        try {
            Answer answer = client.send(peer, command, Duration.ofMillis(timeoutMillis))
                    .toCompletableFuture()
                    .get(timeoutMillis + MARGIN_MILLIS, TimeUnit.MILLISECONDS);
            if (answer instanceof Answer.Refused refused
                    && refused.code() == RefusalCode.UNREACHABLE
                    && client.counters().value(UnicastCounter.CERTIFICATE_UNTRUSTED) > 0) {
                throw new CommandFailed(
                        ExitCode.DENIED, refused.detail(), "show an identity of that rack with --identity DIR");
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered("the wait for " + peer + " was interrupted");
        } catch (TimeoutException e) {
            throw unanswered(peer + " did not answer within " + Phrases.rough(timeoutMillis));
        } catch (ExecutionException e) {
            throw unanswered(peer + " cannot be asked: " + e.getCause());
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private static InetSocketAddress resolved(DaemonAddress address) throws CommandFailed {
        try {
            return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
        } catch (UnknownHostException e) {
            throw new CommandFailed(
                    ExitCode.UNREACHABLE,
                    "nobody knows the address of '" + address.host() + "'",
                    "write its IP address; a link-local one needs its interface: [ADDRESS%INTERFACE]:PORT");
        }
    }

    private static CommandFailed unanswered(String problem) {
        return new CommandFailed(
                ExitCode.UNREACHABLE, problem, "see whether rackweaved runs there; what was asked may have been done");
    }
}
