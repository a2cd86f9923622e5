package org.rackweave.hal.cxl;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.BitSet;
import java.util.Optional;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.MctpLimits;
import org.rackweave.hal.mctp.MctpLink;
import org.rackweave.hal.mctp.MctpMessage;

/** One connection to a switch by MCTP: its tags, and which of them were never answered. */
final class MctpSession implements FmSession {
    /** Our endpoint id, and the switch's: 0 is whoever is at the other end, and known switches take it. */
    private static final int ENDPOINT = 0;

    private static final int TAGS = 256;

    private static final System.Logger LOG = System.getLogger(MctpSession.class.getName());

    private final MctpLink link;
    private final BitSet unanswered = new BitSet(TAGS);
    private int lastTag = -1;
    private Optional<Dialect> dialect = Optional.empty();

    MctpSession(MctpLink link) {
        this.link = link;
    }

    @Override
    public int send(FmRequest<?> request, Deadline deadline) throws IOException {
        int tag = (lastTag + 1) % TAGS;
        while (unanswered.get(tag)) {
            tag = (tag + 1) % TAGS;
        }
        lastTag = tag;
        unanswered.set(tag);
        // The dialects' requests differ in nothing but tunnels, which no connection starts with.
        MctpMessage carrier = carrier(dialect.orElse(Dialect.CXL3), tag, request);
        try {
            link.send(carrier, deadline);
        } catch (SocketTimeoutException half) {
            // A part of it may be on its way: unlike a late answer, nothing sensible can follow on this connection.
            throw new IOException("the switch does not take what it is sent", half);
        }
        return tag;
    }

    /** A request as it leaves. */
    static MctpMessage carrier(Dialect dialect, int tag, FmRequest<?> request) {
        return new MctpMessage(
                ENDPOINT,
                ENDPOINT,
                MctpMessage.Role.REQUEST,
                tag % MctpLimits.TAGS,
                MctpMessage.TYPE_FM_API,
                CciCodec.encode(dialect, FmCodec.request(dialect, tag, request)));
    }

    @Override
    public CciMessage receive(Deadline deadline) throws IOException, MalformedException {
        MctpMessage carrier = link.receive(deadline);
        if (carrier.role() != MctpMessage.Role.RESPONSE) {
            throw new MalformedException(CciFault.CATEGORY, "a request from the switch");
        }
        if (carrier.destination() != ENDPOINT) {
            throw new MalformedException(CciFault.CONTRADICTION, "an answer to endpoint " + carrier.destination());
        }
        if (carrier.type() != MctpMessage.TYPE_FM_API) {
            throw new MalformedException(CciFault.MESSAGE_TYPE, "message type " + carrier.type());
        }
        CciMessage answer = CciCodec.decodePadded(dialectOf(carrier), carrier.body(), 1, MctpLimits.BODY_BYTES)
                .orThrow();
        boolean isTagged = link.tags() == MctpLink.Tags.THE_KERNELS || answer.tag() % MctpLimits.TAGS == carrier.tag();
        if (!unanswered.get(answer.tag()) || !isTagged) {
            throw new MalformedException(CciFault.TAG, "tag " + answer.tag() + " was not asked with");
        }
        unanswered.clear(answer.tag());
        return answer;
    }

    private Dialect dialectOf(MctpMessage carrier) throws MalformedException {
        if (dialect.isEmpty()) {
            int first = carrier.body().at(0);
            dialect = Optional.of(Dialect.ofAnswer(first)
                    .orElseThrow(() -> new MalformedException(
                            CciFault.CATEGORY, "first byte " + first + " is of no dialect that is known here")));
        }
        return dialect.orElseThrow();
    }

    @Override
    public Dialect dialect() {
        return dialect.orElseThrow();
    }

    @Override
    public int unanswered() {
        return unanswered.cardinality();
    }

    @Override
    public void close() {
        try {
            link.close();
        } catch (IOException failed) {
            // The descriptor is gone either way, and what was sent has its outcome already.
            LOG.log(System.Logger.Level.DEBUG, "closing a connection to a switch", failed);
        }
    }
}
