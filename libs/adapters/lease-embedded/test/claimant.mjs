// Another process that claims: `node claimant.mjs <directory> <owner> <cluster> <epochs>`. Prints the epochs it won.
import { openEmbeddedLeaseStore } from '@tandem/lease-embedded';

const [path, owner, cluster, epochs] = process.argv.slice(2);
const store = await openEmbeddedLeaseStore({ path });
console.log('open');
const claim = { cluster, replica: owner, owner, electedAtMs: 1, receivedAtMs: 1 };
for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  const { outcome } = await store.acquire({ ...claim, epoch }, 600_000);
  if (outcome === 'granted') console.log(`won ${epoch}`);
}
console.log('done');
await store.close();
