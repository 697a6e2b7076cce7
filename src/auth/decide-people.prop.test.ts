/** What owners may do to each other, in any order: an owner is always left, and nobody gives themselves a role. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { decidePerson, evolveMember, type Member, type PersonCommand } from './decide-people.ts';
import { may, ROLES } from './permit.ts';

const command: fc.Arbitrary<PersonCommand> = fc.oneof(
  fc.record({ type: fc.constant('change-roles' as const), roles: fc.subarray([...ROLES]) }),
  fc.constant({ type: 'end-access' as const }),
);
const step = fc.record({ actor: fc.nat(3), member: fc.nat(3), command });

const HOUSE: readonly Member[] = [
  { id: 'a', roles: ['owner'], access: 'active' },
  { id: 'b', roles: ['owner', 'developer'], access: 'active' },
  { id: 'c', roles: ['developer'], access: 'active' },
  { id: 'd', roles: ['auditor'], access: 'active' },
];

const isActiveOwner = ({ roles, access }: Member): boolean => access === 'active' && roles.includes('owner');

it('always leaves an owner, whatever owners do in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let house = HOUSE;
      for (const { actor, member, command: asked } of steps) {
        const [by, of] = [house[actor], house[member]];
        assert.ok(by !== undefined && of !== undefined);
        // permit.ts lets only owners get here.
        if (by.access === 'ended' || !may(by.roles, 'people.change')) continue;
        const otherOwners = house.filter((person) => person !== of && isActiveOwner(person)).length;
        const decision = decidePerson(asked, { actor: by.id, member: of, otherOwners });
        if (!decision.ok) continue;
        const after = decision.value.reduce(evolveMember, of);
        if (by === of)
          assert.deepEqual(
            after.roles.filter((role) => !of.roles.includes(role)),
            [],
          );
        if (of.access === 'ended') assert.deepEqual(after, of);
        assert.ok(after.roles.length > 0);
        house = house.map((person) => (person === of ? after : person));
        assert.ok(house.some(isActiveOwner));
      }
    }),
    { numRuns: 500 },
  );
});

it('says why something is refused', () => {
  const last: Member = { id: 'a', roles: ['owner'], access: 'active' };
  const refusal = (asked: PersonCommand, member: Member, otherOwners: number) => {
    const decision = decidePerson(asked, { actor: 'a', member, otherOwners });
    return decision.ok ? null : decision.error;
  };
  assert.deepEqual(refusal({ type: 'end-access' }, last, 0), { code: 'last-owner' });
  assert.deepEqual(refusal({ type: 'change-roles', roles: ['auditor'] }, { ...last, id: 'b' }, 0), {
    code: 'last-owner',
  });
  assert.deepEqual(refusal({ type: 'change-roles', roles: ['owner', 'auditor'] }, last, 3), {
    code: 'own-roles-raised',
    roles: ['auditor'],
  });
  assert.deepEqual(refusal({ type: 'change-roles', roles: [] }, last, 3), { code: 'no-role' });
  assert.deepEqual(refusal({ type: 'change-roles', roles: ['owner'] }, { ...last, access: 'ended' }, 3), {
    code: 'access-ended',
  });
  assert.equal(refusal({ type: 'end-access' }, { ...last, access: 'ended' }, 0), null);
});
