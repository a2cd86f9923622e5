package org.rackweave.hal.cxl;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.MctpLink;
import org.rackweave.hal.mctp.MctpTcpLink;

/** A way to a switch, which is gone anew for each connection. */
public final class FmRoute {
    private final String place;
    private final Opening opening;

    private FmRoute(String place, Opening opening) {
        this.place = Objects.requireNonNull(place);
        this.opening = opening;
    }

    /** Makes a connection. */
    @FunctionalInterface
    public interface Opener<C> {
        C open(Deadline deadline) throws IOException;
    }

    private interface Opening {
        FmSession open(Deadline deadline) throws IOException;
    }

    /** By MCTP over TCP. */
    public static FmRoute tcp(InetSocketAddress address) {
        String host = address.getHostString();
        return mctp(
                (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort(),
                deadline -> MctpTcpLink.connect(address, deadline));
    }

    /**
     * By MCTP over anything.
     *
     * @param place as people write it
     */
    public static FmRoute mctp(String place, Opener<MctpLink> opener) {
        return new FmRoute(place, deadline -> new MctpSession(opener.open(deadline)));
    }

    /**
     * By a mailbox, which knows one command at a time.
     *
     * @param place as people write it
     */
    public static FmRoute mailbox(String place, Opener<CciMailbox> opener) {
        return new FmRoute(place, deadline -> new MailboxSession(opener.open(deadline)));
    }

    FmSession open(Deadline deadline) throws IOException {
        return opening.open(deadline);
    }

    /** As people write it. */
    @Override
    public String toString() {
        return place;
    }
}
