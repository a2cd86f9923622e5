package org.rackweave.sim.lab.bench;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Says the three things of etcd's API that a grant and its end need, in Protocol Buffers by hand:
 *
 * <pre>
 * LeaseGrantRequest  { TTL = 1 }                  LeaseGrantResponse { ID = 2 }
 * LeaseRevokeRequest { ID = 1 }
 * TxnRequest  { compare = 1 { target = 2 (CREATE), key = 3, create_revision = 5 },
 *               success = 2 { request_put = 2 { key = 1, value = 2, lease = 3 } } }
 * TxnResponse { succeeded = 2 }
 * </pre>
 */
final class EtcdClient implements GrantClient {
    private static final String GRANT = "/etcdserverpb.Lease/LeaseGrant";
    private static final String REVOKE = "/etcdserverpb.Lease/LeaseRevoke";
    private static final String TRANSACT = "/etcdserverpb.KV/Txn";
    private static final long TTL_SECONDS = 600;
    private static final int TARGET_CREATE = 1;

    /** About what our ledger keeps of a holding. */
    private static final byte[] VALUE = "holder ".repeat(20).getBytes(StandardCharsets.US_ASCII);

    private final EtcdConnections.Connection connection;
    private final String name;
    private final long[] leases;

    EtcdClient(EtcdConnections.Connection connection, String name, int places) {
        this.connection = connection;
        this.name = name;
        this.leases = new long[places];
    }

    @Override
    public void grant(int place, Consumer<String> problem) {
        connection.call(GRANT, new ProtoMessage().number(1, TTL_SECONDS).bytes(), answer -> {
            leases[place] = ProtoMessage.field(answer, 2);
            if (leases[place] == 0) {
                problem.accept("etcd granted no lease");
                return;
            }
            connection.call(
                    TRANSACT,
                    putIfFree(place),
                    done -> problem.accept(ProtoMessage.field(done, 2) == 1 ? "" : "etcd says that the slice is held"));
        });
    }

    @Override
    public void giveBack(int place, Consumer<String> problem) {
        connection.call(REVOKE, new ProtoMessage().number(1, leases[place]).bytes(), answer -> problem.accept(""));
    }

    private byte[] putIfFree(int place) {
        byte[] key = ("slice/" + name + "/mem" + place).getBytes(StandardCharsets.US_ASCII);
        byte[] compare = new ProtoMessage()
                .number(2, TARGET_CREATE)
                .part(3, key)
                .number(5, 0)
                .bytes();
        byte[] put = new ProtoMessage()
                .part(1, key)
                .part(2, VALUE)
                .number(3, leases[place])
                .bytes();
        return new ProtoMessage()
                .part(1, compare)
                .part(2, new ProtoMessage().part(2, put).bytes())
                .bytes();
    }
}
