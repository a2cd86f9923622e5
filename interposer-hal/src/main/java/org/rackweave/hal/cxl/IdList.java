package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;

/** The list of ids that a request names: a count of one byte, then one byte each. */
final class IdList {
    private IdList() {}

    static List<Integer> checked(String what, List<Integer> ids) {
        Field.atMost(what, ids.size(), CxlLimits.MOST_IDS);
        ids.forEach(id -> Field.byteValue(what, id));
        return List.copyOf(ids);
    }

    static void write(PayloadWriter out, List<Integer> ids) {
        out.u8(ids.size());
        ids.forEach(out::u8);
    }

    static List<Integer> read(PayloadReader in, String what) throws MalformedException {
        int count = in.u8("number of " + what);
        List<Integer> ids = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            ids.add(in.u8(what));
        }
        return ids;
    }

    /** The number of blocks of an answer: never more than was asked for. */
    static int answered(PayloadReader in, String what, List<Integer> asked) throws MalformedException {
        int count = in.u8("number of " + what);
        in.skip(3);
        if (count > asked.size()) {
            throw new MalformedException(
                    CciFault.COUNT, count + " " + what + " where " + asked.size() + " were asked for");
        }
        return count;
    }

    static void isAsked(String what, int id, List<Integer> asked) throws MalformedException {
        if (!asked.contains(id)) {
            throw new MalformedException(CciFault.CONTRADICTION, what + " " + id + " was not asked for");
        }
    }
}
